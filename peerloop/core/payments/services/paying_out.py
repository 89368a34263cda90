"""Sends payees their part, and takes the part of refunds back: decided in the row first, done at the provider after."""

from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User

from .. import gateway
from ..errors import NoSuchPayout, NothingToSend, OnlyStaffSends
from ..models import SENTENCE, Payment, PaymentEntry, PaymentEvent, Payout
from ..permissions import can_retry_payout
from ..queries import account_of
from .delays import next_try
from .onboarding import look_at_account
from .owing import send_soon, tell
from .settling import book, write_event

log = structlog.get_logger(__name__)
Status, Side, What = Payout.Status, PaymentEntry.Side, PaymentEvent.What
GIVEN_BACK = "Everything was refunded first."
ACCOUNT_DELETED = "The account was deleted before payouts were set up."
TOO_LITTLE = "balance_insufficient"


def finish_payout(*, payout_id: UUID) -> Payout:
    """Do at the provider what this payout needs, if anything. Never raises for the provider; again does nothing more.

    The provider is read first: a transfer whose answer was lost is found made, not made again.
    """
    payout = _decide(payout_id)
    if not payout.asked:
        return payout
    try:
        seen = _done(payout)
    except gateway.Trouble as trouble:
        return _put_off(payout, trouble.why, answered=trouble.answered)
    except gateway.Unwilling as refusal:
        return _refused(payout, refusal)
    return settle_payout(payout_id=payout_id, seen=seen)


@transaction.atomic
def settle_payout(*, payout_id: UUID, seen: gateway.SeenTransfer) -> Payout:
    """Take over what the provider was seen to say of the transfer. The same again, or older news, changes nothing."""
    payout = _locked(payout_id)
    back = max(0, seen.reversed - payout.reversed)
    if payout.status in Payout.MOVED and not back:
        return payout
    if payout.status not in Payout.MOVED:
        payout.sent, payout.sent_at, payout.transfer_id = seen.amount, timezone.now(), seen.transfer_id
        event = write_event(payout.payment, What.PAID_OUT, amount=seen.amount, by=None)
        book(event, seen.amount, giver=Side.SITE, getter=Side.PAYEE)
    if back:
        payout.reversed += back
        event = write_event(payout.payment, What.TAKEN_BACK, amount=back, by=None)
        book(event, back, giver=Side.PAYEE, getter=Side.SITE)
    payout.status = Status.SENT if payout.kept else Status.REVERSED
    payout.asked, payout.tries, payout.error = 0, 0, ""
    payout.try_at = timezone.now() if payout.kept > payout.owed else None
    payout.save()
    return payout


@transaction.atomic
def retry_payout(*, payout_id: UUID, by: User) -> Payout:
    """Have a payout that could not be sent tried again soon; also one not sent for a refund that then failed.

    Raises OnlyStaffSends, NoSuchPayout, NothingToSend (it is sent, under way, or nothing is owed): again is refused.
    """
    if not can_retry_payout(by):
        raise OnlyStaffSends
    payout = _locked(payout_id)
    if payout.status not in (Status.FAILED, Status.CANCELLED) or not payout.owed or not is_reachable(payout):
        raise NothingToSend
    payout.status, payout.tries, payout.try_at, payout.error = Status.DUE, 0, timezone.now(), ""
    payout.save()
    send_soon([payout.pk])
    return payout


def is_reachable(payout: Payout) -> bool:
    """Whether its payee has an account that works, or can still set one up."""
    return payout.payee.deleted_at is None or bool(_account_id(payout))


@transaction.atomic
def cancel_waiting(*, person: User) -> None:
    """Give up what waits for an account at the provider that nobody will set up any more. Again changes nothing.

    What is under way to an account that works is still sent: that account is the person's own, not the site's.
    """
    for payout_id in Payout.objects.filter(payee=person, status=Status.WAITING).values_list("pk", flat=True):
        payout = _locked(payout_id)
        if payout.status == Status.WAITING:
            _cancel(payout, ACCOUNT_DELETED)


@transaction.atomic
def _decide(payout_id: UUID) -> Payout:
    """Fix in the row what the provider is about to be asked. What it may have been asked already stays as it is."""
    payout = _locked(payout_id)
    if payout.asked:
        return payout
    payout.try_at = None
    if payout.status in Payout.MOVED:
        payout.asked = max(0, payout.kept - payout.owed)
    elif payout.status != Status.CANCELLED and not payout.owed:
        payout.status, payout.error = Status.CANCELLED, GIVEN_BACK
    elif payout.status in (Status.WAITING, Status.DUE):
        payout.status, payout.asked = (Status.DUE, payout.owed) if _account_id(payout) else (Status.WAITING, 0)
    if payout.asked:
        payout.try_at = timezone.now()
    payout.save()
    return payout


def _done(payout: Payout) -> gateway.SeenTransfer:
    seen = gateway.find_transfer(payout)
    if payout.status in Payout.MOVED:
        return seen if seen and seen.reversed > payout.reversed else gateway.take_back(payout)
    if seen:
        return seen
    charge_id = gateway.look(payout.payment.intent_id).charge_id
    return gateway.send(payout, account_id=_account_id(payout), charge_id=charge_id)


def _refused(asked: Payout, refusal: gateway.Unwilling) -> Payout:
    """Too little money comes by itself; an account that takes none waits for its owner; the rest is for staff."""
    if asked.status in Payout.MOVED or refusal.code == TOO_LITTLE:
        return _put_off(asked, refusal.why, answered=True, is_undone=True)
    account = account_of(asked.payee, asked.payment.provider)
    try:
        is_ready = account is not None and look_at_account(account_id=account.account_id).is_ready
    except (gateway.Trouble, gateway.Unwilling) as trouble:
        return _put_off(asked, trouble.why, answered=True, is_undone=True)
    if is_ready:
        return _fail(asked, refusal.why)
    _put_off(asked, refusal.why, answered=True, is_undone=True)
    return _decide(asked.pk)


@transaction.atomic
def _put_off(seen: Payout, why: str, *, answered: bool, is_undone: bool = False) -> Payout:
    """Try again later, each time a little later. Only of what is surely undone may another sum be asked for then."""
    payout = _locked(seen.pk)
    if not _is_current(payout, seen):
        return payout
    log.error("Payment payout failed:", payout=str(payout.pk), cause=why)
    payout.error, payout.tries = why[:SENTENCE], payout.tries + 1
    payout.attempt += answered
    payout.asked = 0 if is_undone else payout.asked
    payout.try_at = next_try(payout.tries)
    payout.save()
    return payout


@transaction.atomic
def _fail(seen: Payout, why: str) -> Payout:
    payout = _locked(seen.pk)
    if not _is_current(payout, seen):
        return payout
    log.error("Payment payout failed:", payout=str(payout.pk), cause=why)
    payout.status, payout.error = Status.FAILED, why[:SENTENCE]
    payout.attempt, payout.asked, payout.try_at = payout.attempt + 1, 0, None
    payout.save()
    tell(payout.payee_id, "payout_failed", payout.owed_in_words)
    return payout


def _is_current(payout: Payout, seen: Payout) -> bool:
    """Nobody else has had an answer to this question meanwhile."""
    return bool(payout.asked) and (payout.attempt, payout.status) == (seen.attempt, seen.status)


def _cancel(payout: Payout, why: str) -> None:
    payout.status, payout.error, payout.try_at = Status.CANCELLED, why, None
    payout.save()


def _account_id(payout: Payout) -> str:
    """The payee's account if it works, else nothing."""
    account = account_of(payout.payee, payout.payment.provider)
    return account.account_id if account and account.is_ready else ""


def _locked(payout_id: UUID) -> Payout:
    """The payout under its payment's lock."""
    known = Payout.objects.filter(pk=payout_id).values_list("payment", flat=True).first()
    if known is None:
        raise NoSuchPayout
    payment = Payment.objects.select_for_update().get(pk=known)
    payout = Payout.objects.select_related("payee").get(pk=payout_id)
    payout.payment = payment
    return payout
