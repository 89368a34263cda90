"""What jobs, webhooks and crashed processes left undone. Every time rule is a deadline in a row; this meets them."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from peerloop.core.accounts.services import system

from .. import gateway
from ..errors import BeingCaptured, PaymentsOff
from ..models import Payment, PaymentEvent, Payout, PayoutAccount, Refund, WebhookDelivery
from .onboarding import look_at_account
from .paying_out import finish_payout
from .refunds import finish_refund
from .settling import purpose_of, settle, write_event
from .webhooks import do_delivery
from .wishes import ask_release, finish

log = structlog.get_logger(__name__)
Status = Payment.Status
AT_ONCE = 100
# Younger ones are being worked on by those who made them.
A_WHILE = timedelta(minutes=1)


def sweep() -> None:
    """Bring everything that is due to its end. Run as often as you like; again does nothing more."""
    try:
        ours = Payment.objects.filter(provider=gateway.provider())
    except PaymentsOff:
        return
    now = timezone.now()
    _each(ours.wanting(), lambda each: finish(payment_id=each.pk))
    asked = Refund.objects.filter(payment__in=ours, status=Refund.Status.ASKED, try_at__lte=now - A_WHILE)
    _each(asked, lambda each: finish_refund(refund_id=each.pk))
    _each(WebhookDelivery.objects.filter(done_at=None, created_at__lte=now - A_WHILE), do_delivery)
    _each(_unheard_of(), _ask_about)
    _each(Payout.objects.due().filter(payment__in=ours), lambda each: finish_payout(payout_id=each.pk))
    _each(_abandoned(ours), _give_up)
    _each(_unsure(ours), lambda each: _look_at(each.pk))
    announce_expiring()


def announce_expiring() -> int:
    """Say of every hold that ends within PEERLOOP.HOLD_WARNING_HOURS that it does; returns how many. Once each."""
    now = timezone.now()
    ends_soon = now + timedelta(hours=settings.PEERLOOP.HOLD_WARNING_HOURS)
    due = Payment.objects.filter(
        status=Status.AUTHORISED, announced_at=None, hold_expires_at__gt=now, hold_expires_at__lte=ends_soon
    )
    return sum(_announce(payment_id) for payment_id in due.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _announce(payment_id: UUID) -> bool:
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if payment.announced_at or not payment.is_held:
        return False
    payment.announced_at = timezone.now()
    payment.save(update_fields=["announced_at"])
    log.warning("Payment hold ends soon", payment=str(payment.pk), ends=str(payment.hold_expires_at))
    write_event(payment, PaymentEvent.What.EXPIRING, amount=payment.amount, by=None)
    purpose_of(payment).expiring(payment)
    return True


def _abandoned(ours: Any) -> Any:
    """Begun, and never put on hold: nobody comes back to a card form after a day."""
    long_ago = timezone.now() - timedelta(hours=settings.PEERLOOP.PAYMENT_OPEN_HOURS)
    return ours.filter(status__in=Payment.OPEN, wanted="", created_at__lte=long_ago)


def _unheard_of() -> Any:
    """Accounts that something waits for, and that may work by now without our hearing."""
    lately = timezone.now() - timedelta(minutes=settings.PEERLOOP.HOLD_LOOK_MINUTES)
    waiting = Payout.objects.filter(payee=OuterRef("person"), status=Payout.Status.WAITING)
    accounts = PayoutAccount.objects.filter(Exists(waiting), provider=gateway.provider(), is_ready=False)
    return accounts.filter(looked_at__lte=lately).exclude(account_id="")


def _ask_about(account: PayoutAccount) -> None:
    """An account that cannot be looked at is left alone for as long as any other."""
    PayoutAccount.objects.filter(pk=account.pk).update(looked_at=timezone.now())
    look_at_account(account_id=account.account_id)


def _unsure(ours: Any) -> Any:
    """What may have gone on at the provider without our hearing: a card given, a hold ended or cancelled there."""
    now = timezone.now()
    lately = now - timedelta(minutes=settings.PEERLOOP.PAYMENT_LOOK_MINUTES)
    may_have_changed = Q(status__in=Payment.OPEN) | Q(status=Status.AUTHORISED, hold_expires_at__lte=now)
    holds = Q(status=Status.AUTHORISED, looked_at__lte=now - timedelta(minutes=settings.PEERLOOP.HOLD_LOOK_MINUTES))
    return ours.filter(holds | may_have_changed, looked_at__lte=lately).exclude(intent_id="")


def _give_up(payment: Payment) -> None:
    """A card may have been given at the last moment: what is on hold by now stays."""
    if payment.intent_id and _look_at(payment.pk).status == Status.AUTHORISED:
        return
    try:
        ask_release(payment_id=payment.pk, by=system())
    except BeingCaptured:
        return
    finish(payment_id=payment.pk)


def _look_at(payment_id: UUID) -> Payment:
    payment = Payment.objects.get(pk=payment_id)
    return settle(payment_id=payment_id, seen=gateway.look(payment.intent_id))


def _each(rows: Iterable[Any], work: Callable[[Any], Any]) -> None:
    """Do `work` with each row by itself: one that fails is told and does not keep the others waiting."""
    for row in list(rows[:AT_ONCE]):  # type: ignore[index]
        try:
            work(row)
        except Exception:
            log.exception("Payment sweep failed", row=str(row.pk))
