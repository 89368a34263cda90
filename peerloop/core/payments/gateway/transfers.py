"""Transfers: a payee's part of a charge, sent to their account, and taken back from it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from ..models import Payout
from ..purposes import subject_of
from .speaking import about, everything, speaking


@dataclass(frozen=True, kw_only=True)
class SeenTransfer:
    """A transfer as the provider sees it."""

    transfer_id: str
    amount: int
    reversed: int


def find_transfer(payout: Payout) -> SeenTransfer | None:
    """The transfer of this payout as it is now; None if there is none. Raises Unwilling when a known one is gone."""
    if payout.transfer_id:
        return _look(payout.transfer_id)
    with speaking() as v1:
        sent = list(everything(v1.transfers.list({"transfer_group": _group(payout), "limit": 100})))
    ours = [each for each in sent if about(each).get("payout") == str(payout.pk)]
    return _seen(ours[0]) if ours else None


def send(payout: Payout, *, account_id: str, charge_id: str) -> SeenTransfer:
    """Send `payout.asked` out of the charge. Raises Unwilling: the account takes nothing, or there is too little."""
    params: Any = {
        "amount": payout.asked,
        "currency": payout.payment.currency,
        "destination": account_id,
        "source_transaction": charge_id,
        "transfer_group": _group(payout),
        "metadata": {"payout": str(payout.pk), "payment": str(payout.payment_id), "site": settings.SITE_URL},
    }
    key = f"payout:{payout.payment_id}:{payout.attempt}"
    with speaking() as v1:
        made = v1.transfers.create(params, {"idempotency_key": key})
    return _look(made.id)


def take_back(payout: Payout) -> SeenTransfer:
    """Take `payout.asked` back out of the account. Raises Unwilling when there is too little in it.

    The key names how much was taken back before: of those who ask at once, all ask for one and the same.
    """
    params: Any = {"amount": payout.asked, "metadata": {"payout": str(payout.pk)}}
    key = f"taken-back:{payout.payment_id}:{payout.reversed}:{payout.attempt}"
    with speaking() as v1:
        v1.transfers.reversals.create(payout.transfer_id, params, {"idempotency_key": key})
    return _look(payout.transfer_id)


def _look(transfer_id: str) -> SeenTransfer:
    with speaking() as v1:
        return _seen(v1.transfers.retrieve(transfer_id))


def _group(payout: Payout) -> str:
    return subject_of(payout.payment.purpose, payout.payment.subject_id)


def _seen(transfer: Any) -> SeenTransfer:
    return SeenTransfer(transfer_id=transfer.id, amount=transfer.amount, reversed=transfer.amount_reversed)
