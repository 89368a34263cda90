"""What a payee is owed of a payment: noted with the capture, looked at again after each refund.

Both are called under the payment's lock, in the transaction of the change. The payment's lock guards its payout too.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from peerloop.core.notifications.services import notify

from ..models import Payment, Payout
from ..queries import account_of
from ..tasks import finish_payout

Status = Payout.Status


def owe(payment: Payment) -> Payout | None:
    """Note the payee's part of what was just taken, to be sent soon or when their account works.

    None while PAYOUT_PERCENT is 0, without a payee, for less than a cent, and for somebody who has deleted their
    account here and has none that works at the provider.
    """
    amount = payment.captured * settings.PAYOUT_PERCENT // 100
    if not amount or payment.payee is None:
        return None
    account = account_of(payment.payee, payment.provider)
    is_ready = account is not None and account.is_ready
    if payment.payee.deleted_at and not is_ready:
        return None
    is_first = not payment.payee.payouts.filter(status=Status.WAITING).exists()
    payout = Payout.objects.create(
        payment=payment,
        payee=payment.payee,
        amount=amount,
        status=Status.DUE if is_ready else Status.WAITING,
        try_at=timezone.now() if is_ready else None,
    )
    if is_ready:
        send_soon([payout.pk])
    elif is_first:
        tell(payout.payee_id, "payout_waits", payout.owed_in_words)
    return payout


def owe_anew(payment: Payment) -> None:
    """Something of the payment went back to the payer: have the same part not sent, or taken back, soon."""
    payouts = Payout.objects.filter(payment=payment)
    if payouts.update(try_at=timezone.now()):
        send_soon(payouts.values_list("pk", flat=True))


def send_soon(payout_ids: Iterable[UUID]) -> None:
    """Have the worker see to these payouts after commit."""
    # The broker may be away; the sweep then does it.
    for payout_id in list(payout_ids):
        transaction.on_commit(_job(payout_id), robust=True)


def tell(payee_id: UUID, what: str, amount: str = "") -> None:
    """Tell a payee what keeps the money from them."""
    notify(
        kind="payment",
        to=[payee_id],
        by=None,
        description="Payouts",
        target=reverse("payouts"),
        about="payouts",
        data={"what": what, "amount": amount},
    )


def _job(payout_id: UUID) -> Callable[[], Any]:
    return lambda: finish_payout.delay(str(payout_id))
