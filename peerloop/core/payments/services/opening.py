"""A payment begins, and a card puts the money on hold."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from peerloop.core.accounts.models import User

from .. import gateway
from ..errors import (
    CardDeclined,
    NoSuchPayment,
    NotPayable,
    NotYourPayment,
    OtherAmount,
    OutOfBounds,
    ProviderSilent,
)
from ..models import Payment, PaymentEvent
from ..money import in_words
from ..permissions import can_pay
from ..purposes import Purpose, purposes
from .settling import settle, write_event


@transaction.atomic
def open_payment(*, purpose: str, subject_id: UUID, amount: int, by: User, payee_id: UUID | None = None) -> Payment:
    """Let `by` pay `amount` (minor units of PEERLOOP.CURRENCY) for a thing. May be part of a larger transaction.

    Nothing is held yet: the payer gives a card on the payment's page, or by `authorise`. A second time for the same
    thing returns its live payment. Raises KeyError for a purpose that nobody declared, PaymentsOff, OutOfBounds,
    OtherAmount, NotYourPayment.
    """
    declared, provider = purposes[purpose], gateway.provider()
    _refuse_out_of_bounds(declared, amount)
    payments = Payment.objects.filter(purpose=purpose, subject_id=subject_id)
    live = payments.live().first() or _opened(
        payments.count() + 1,
        purpose=purpose,
        subject_id=subject_id,
        payer=by,
        payee_id=payee_id,
        amount=amount,
        currency=settings.PEERLOOP.CURRENCY,
        provider=provider,
    )
    if not can_pay(by, live):
        raise NotYourPayment
    if live.amount != amount:
        raise OtherAmount(amount=live.in_words)
    return live


def prepare(*, payment_id: UUID, by: User) -> Payment:
    """Have the provider know of the payment, so that its own card form can be shown. Again changes nothing.

    Raises NoSuchPayment, NotYourPayment, NotPayable, ProviderSilent.
    """
    payment = _payable(payment_id, by)
    try:
        return with_intent(payment)
    except (gateway.Trouble, gateway.Unwilling) as trouble:
        _next_attempt(payment, "")
        raise ProviderSilent from trouble


def authorise(*, payment_id: UUID, card: str, return_url: str, by: User) -> tuple[Payment, str]:
    """Put the money on hold on `card`; also the address where the payer answers the bank's question, or "".

    The purpose hears of it when the money is on hold, now or after the bank's question (`confirm`). Pressed twice, it
    is held once. Raises NoSuchPayment, NotYourPayment, NotPayable, CardDeclined (another card may be tried at once),
    ProviderSilent (what came of it is found out by `confirm` or the sweep).
    """
    payment = _payable(payment_id, by)
    try:
        payment = with_intent(payment)
        seen = gateway.confirm(payment, card=card, return_url=return_url)
    except gateway.Declined as declined:
        _next_attempt(payment, declined.why)
        raise CardDeclined(why=declined.why) from declined
    except gateway.Unwilling:  # it has gone on without us: see where it stands
        seen = _look(payment)
    except gateway.Trouble as trouble:
        if trouble.answered:
            _next_attempt(payment, "")
        raise ProviderSilent from trouble
    return settle(payment_id=payment.pk, seen=seen, by=by), seen.check_url


def confirm(*, payment_id: UUID, by: User) -> Payment:
    """See what came of the card, after the bank's question or the provider's own form. Again changes nothing.

    Raises NoSuchPayment, NotYourPayment, ProviderSilent.
    """
    payment = _own(payment_id, by)
    if not payment.intent_id:
        return payment
    seen = _look(payment)
    if seen.status == Payment.Status.FAILED and payment.status != Payment.Status.FAILED:
        _next_attempt(payment, "")
    return settle(payment_id=payment.pk, seen=seen, by=by)


def with_intent(payment: Payment) -> Payment:
    """The payment with its intent at the provider, made if there is none."""
    return payment if payment.intent_id else settle(payment_id=payment.pk, seen=gateway.create(payment))


def _refuse_out_of_bounds(purpose: Purpose, amount: int) -> None:
    if type(amount) is not int or not purpose.least <= amount <= purpose.most:
        currency = settings.PEERLOOP.CURRENCY
        raise OutOfBounds(least=in_words(purpose.least, currency), most=in_words(purpose.most, currency))


def _opened(number: int, **about: Any) -> Payment:
    try:
        with transaction.atomic():
            payment = Payment.objects.create(number=number, **about)
    except IntegrityError:  # somebody else opened it between the look and here
        payments = Payment.objects.live()
        return payments.get(purpose=about["purpose"], subject_id=about["subject_id"])
    write_event(payment, PaymentEvent.What.OPENED, amount=payment.amount, by=payment.payer)
    return payment


def _own(payment_id: UUID, by: User) -> Payment:
    payment = Payment.objects.visible_to(by).filter(pk=payment_id).first()
    if payment is None:
        raise NoSuchPayment
    if not can_pay(by, payment):
        raise NotYourPayment
    return payment


def _payable(payment_id: UUID, by: User) -> Payment:
    payment = _own(payment_id, by)
    if not payment.is_open:
        raise NotPayable
    return payment


def _look(payment: Payment) -> gateway.Seen:
    try:
        return gateway.look(payment.intent_id)
    except (gateway.Trouble, gateway.Unwilling) as trouble:
        raise ProviderSilent from trouble


def _next_attempt(payment: Payment, why: str) -> None:
    """The answer to this attempt would be repeated for its key: the next card gets a new one."""
    Payment.objects.filter(pk=payment.pk, attempt=payment.attempt).update(attempt=F("attempt") + 1)
    if why:
        settle(payment_id=payment.pk, seen=_look(payment), by=payment.payer)
