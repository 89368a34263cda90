"""Take the money, or let it go: decided in one transaction, done at the provider after it, again until it is done."""

from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User

from .. import gateway
from ..errors import AlreadyCaptured, BeingCaptured, HoldOver, NoSuchPayment, NotHeld, ProviderSilent
from ..models import SENTENCE, Payment, PaymentEvent
from ..tasks import finish_payment
from .delays import next_try
from .opening import with_intent
from .settling import settle, write_event

log = structlog.get_logger(__name__)
Status, Wanted = Payment.Status, Payment.Wanted


@transaction.atomic
def ask_capture(*, payment_id: UUID, by: User, payee_id: UUID | None = None) -> Payment:
    """Have the held money taken soon. Belongs into the transaction of what completes the thing paid.

    `payee_id` is who has earned it, where the payment does not say so from its beginning; they see it from then on.
    Captured or asked for already: nothing changes. Raises NoSuchPayment, HoldOver, NotHeld.
    """
    payment = _ask_capture(payment_id, by, payee_id)
    _schedule(payment)
    return payment


@transaction.atomic
def ask_release(*, payment_id: UUID, by: User) -> Payment:
    """Have the hold let go soon. Belongs into the transaction of whatever ends the thing without completing it.

    Over or asked for already: nothing changes. Raises NoSuchPayment, BeingCaptured, AlreadyCaptured.
    """
    payment = _ask_release(payment_id, by)
    _schedule(payment)
    return payment


def capture(*, payment_id: UUID, by: User) -> Payment:
    """Take the held money now. Captured already is success and changes nothing.

    Raises what ask_capture does; HoldOver when the provider says so; ProviderSilent when it could not be done now: then
    the hold stays, and the sweep goes on trying.
    """
    _ask_capture(payment_id, by)
    payment = finish(payment_id=payment_id)
    if payment.status in Payment.OVER:
        raise HoldOver
    if payment.wanted:
        raise ProviderSilent
    return payment


def release(*, payment_id: UUID, by: User) -> Payment:
    """Let the hold go now. Released or ended already is success and changes nothing.

    Raises what ask_release does; ProviderSilent when it could not be done now: the sweep goes on trying.
    """
    _ask_release(payment_id, by)
    payment = finish(payment_id=payment_id)
    if payment.status == Status.CAPTURED:
        raise AlreadyCaptured
    if payment.wanted:
        raise ProviderSilent
    return payment


def finish(*, payment_id: UUID) -> Payment:
    """Do at the provider what is wanted of this payment, if it is not done there yet. Never raises for the provider.

    The provider is read first: a deed whose answer was lost is found done, not done again.
    """
    payment = Payment.objects.get(pk=payment_id)
    if not payment.wanted:
        return payment
    try:
        seen = _done(with_intent(payment))
    except gateway.Trouble as trouble:
        return _put_off(payment, trouble.why, answered=trouble.answered)
    except gateway.Unwilling as refusal:
        return _put_off(payment, refusal.why, answered=True)
    return settle(payment_id=payment_id, seen=seen)


def _done(payment: Payment) -> gateway.Seen:
    seen = gateway.look(payment.intent_id)
    if payment.wanted == Wanted.CAPTURE and seen.status == Status.AUTHORISED:
        return _or_as_it_is(gateway.capture, payment)
    if payment.wanted == Wanted.RELEASE and seen.status in {*Payment.OPEN, Status.AUTHORISED}:
        return _or_as_it_is(gateway.cancel, payment)
    return seen


def _or_as_it_is(deed: gateway.Deed, payment: Payment) -> gateway.Seen:
    """Somebody else may have done it in between: then "already captured" is what we wanted."""
    try:
        return deed(payment)
    except gateway.Unwilling:
        seen = gateway.look(payment.intent_id)
        if seen.status in {*Payment.OVER, Status.CAPTURED}:
            return seen
        raise


def _ask_capture(payment_id: UUID, by: User, payee_id: UUID | None = None) -> Payment:
    with transaction.atomic():
        payment = _locked(payment_id)
        if payment.status == Status.CAPTURED or payment.wanted == Wanted.CAPTURE:
            return payment
        if payment.status == Status.EXPIRED:
            raise HoldOver
        if payment.status != Status.AUTHORISED or payment.wanted:
            raise NotHeld
        payment.payee_id = payment.payee_id or payee_id
        return _want(payment, Wanted.CAPTURE, by)


def _ask_release(payment_id: UUID, by: User) -> Payment:
    with transaction.atomic():
        payment = _locked(payment_id)
        if payment.status in Payment.OVER or payment.wanted == Wanted.RELEASE:
            return payment
        if payment.wanted == Wanted.CAPTURE:
            raise BeingCaptured
        if payment.status == Status.CAPTURED:
            raise AlreadyCaptured
        return _want(payment, Wanted.RELEASE, by)


def _locked(payment_id: UUID) -> Payment:
    payment = Payment.objects.select_for_update().filter(pk=payment_id).first()
    if payment is None:
        raise NoSuchPayment
    return payment


def _want(payment: Payment, wanted: Payment.Wanted, by: User) -> Payment:
    payment.wanted, payment.wanted_by, payment.tries, payment.try_at = wanted, by, 0, timezone.now()
    payment.save(update_fields=["payee", "wanted", "wanted_by", "tries", "try_at"])
    return payment


def _schedule(payment: Payment) -> None:
    # The broker may be away; the sweep then does it.
    if payment.wanted:
        transaction.on_commit(lambda: finish_payment.delay(str(payment.pk)), robust=True)


@transaction.atomic
def _put_off(seen: Payment, why: str, *, answered: bool) -> Payment:
    """Try again later, each time a little later. The two parties read once that it did not work at first."""
    payment = _locked(seen.pk)
    if not payment.wanted:
        return payment
    if payment.wanted == Wanted.CAPTURE:
        log.error("Payment capture failed:", payment=str(payment.pk), cause=why)
        if not payment.tries:
            failed = PaymentEvent.What.CAPTURE_FAILED
            write_event(payment, failed, amount=payment.amount, by=payment.wanted_by)
    else:
        log.error("Payment release failed:", payment=str(payment.pk), cause=why)
    payment.error, payment.tries = why[:SENTENCE], payment.tries + 1
    payment.attempt += answered and payment.attempt == seen.attempt
    payment.try_at = next_try(payment.tries)
    payment.save(update_fields=["error", "tries", "attempt", "try_at"])
    return payment
