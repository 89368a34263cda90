"""Brings our row to what the provider says. The only place where a payment's status changes."""

from functools import partial
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.notifications.services import notify

from ..gateway import Seen, SeenRefund
from ..models import SENTENCE, Payment, PaymentEntry, PaymentEvent, Refund
from ..money import in_words
from ..purposes import Purpose, label_of, own_page, purposes
from ..signals import payment_changed
from .owing import owe, owe_anew

log = structlog.get_logger(__name__)
Status, Side, What = Payment.Status, PaymentEntry.Side, PaymentEvent.What
# A payment only goes on, never back: what was read earlier and arrives later changes nothing.
ORDER = {
    Status.CREATED: 0,
    Status.FAILED: 1,
    Status.NEEDS_ACTION: 1,
    Status.AUTHORISED: 2,
    Status.CAPTURED: 3,
    Status.RELEASED: 3,
    Status.EXPIRED: 3,
}
TOLD = {What.CAPTURED, What.RELEASED, What.EXPIRED, What.EXPIRING, What.REFUNDED, What.REFUND_FAILED}
MADE_ELSEWHERE = "Made at the payment service."


@transaction.atomic
def settle(*, payment_id: UUID, seen: Seen, by: User | None = None) -> Payment:
    """Take over what the provider was seen to say. The same again, or something older, changes nothing.

    `by` is who caused it, None when nobody here did. The purpose hears of each change inside this transaction.
    """
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if payment.intent_id and payment.intent_id != seen.intent_id:
        return payment
    now = timezone.now()
    payment.intent_id, payment.client_secret, payment.looked_at = seen.intent_id, seen.client_secret, now
    payment.save(update_fields=["intent_id", "client_secret", "looked_at"])
    for status in _way(payment, seen):
        _enter(payment, Status(status), seen, payment.wanted_by or by)
    if payment.status == seen.status == Status.FAILED and payment.error != seen.error:
        payment.error = seen.error[:SENTENCE]
        payment.save(update_fields=["error"])
    if payment.status == seen.status == Status.AUTHORISED and payment.hold_expires_at != seen.hold_expires_at:
        payment.hold_expires_at = seen.hold_expires_at
        payment.save(update_fields=["hold_expires_at"])
    if payment.status == Status.CAPTURED:
        for each in seen.refunds:
            _take_refund(payment, each)
    return payment


def write_event(
    payment: Payment, what: PaymentEvent.What, *, amount: int, by: User | None, note: str = ""
) -> PaymentEvent:
    """Add a line to the timeline, tell the payer where it concerns them, and the apps above after commit."""
    event = PaymentEvent.objects.create(payment=payment, what=what, amount=amount, by=by, note=note)
    log.info(f"Payment {what}", payment=str(payment.pk), amount=amount, currency=payment.currency, note=note)
    if what in TOLD:
        notify(
            kind="payment",
            to=[payment.payer_id],
            by=None,
            description=label_of(payment),
            target=own_page(payment),
            key=f"payment:{event.pk}",
            data={"what": what.value, "amount": in_words(amount, payment.currency)},
        )
    transaction.on_commit(partial(payment_changed.send, Payment, payment=payment, event=event), robust=False)
    return event


def book(event: PaymentEvent, amount: int, *, giver: str = Side.PAYER, getter: str = Side.SITE) -> None:
    """What went from one side to the other, in two lines that come to nothing."""
    sides = ((giver, -amount), (getter, amount))
    PaymentEntry.objects.bulk_create([PaymentEntry(event=event, side=side, amount=each) for side, each in sides])


def _way(payment: Payment, seen: Seen) -> list[str]:
    """The statuses to enter, in order. Nobody is told of money taken who was not told of money held."""
    here, there = ORDER[Status(payment.status)], ORDER[Status(seen.status)]
    is_news = there > here or (here == there == 1 and payment.status != seen.status)
    if not is_news:
        return []
    skipped = seen.status == Status.CAPTURED and payment.authorised_at is None
    return [Status.AUTHORISED, seen.status] if skipped else [seen.status]


def _enter(payment: Payment, status: Payment.Status, seen: Seen, by: User | None) -> None:
    payment.status, now = status, timezone.now()
    # A refused card leaves its sentence until another one works.
    payment.error = seen.error[:SENTENCE] if status == Status.FAILED else ""
    if status == Status.AUTHORISED:
        payment.authorised_at, payment.hold_expires_at, payment.card = now, seen.hold_expires_at, seen.card
    elif status == Status.CAPTURED:
        payment.captured_at, payment.captured = now, seen.captured
    elif status in Payment.OVER:
        payment.ended_at = now
    was_wanted, is_end = payment.wanted, ORDER[status] == 3
    if is_end:
        payment.wanted, payment.tries = Payment.Wanted.NOTHING, 0
    payment.save()
    if is_end and was_wanted == Payment.Wanted.CAPTURE and status != Status.CAPTURED:
        log.error("Payment capture failed:", payment=str(payment.pk), cause=f"the hold is over: {status}")
    amount = payment.captured if status == Status.CAPTURED else payment.amount
    event = write_event(payment, EVENTS[status], amount=amount, by=by, note=payment.error)
    if status == Status.CAPTURED:
        book(event, amount)
        owe(payment)
    _call(payment, status, was_wanted)


EVENTS = {
    Status.NEEDS_ACTION: What.NEEDS_ACTION,
    Status.FAILED: What.DECLINED,
    Status.AUTHORISED: What.AUTHORISED,
    Status.CAPTURED: What.CAPTURED,
    Status.RELEASED: What.RELEASED,
    Status.EXPIRED: What.EXPIRED,
}


def _call(payment: Payment, status: Payment.Status, wanted: str) -> None:
    """Have the purpose do its part. What it asks for stands in the row, so the row is read anew."""
    purpose = purpose_of(payment)
    calls = {
        Status.FAILED: purpose.declined,
        Status.AUTHORISED: purpose.authorised,
        Status.CAPTURED: purpose.captured,
        Status.RELEASED: purpose.released,
        Status.EXPIRED: purpose.expired,
    }
    # Money that came after the thing was given up goes back; nobody starts to work for it.
    if status in calls and not (status == Status.AUTHORISED and wanted == Payment.Wanted.RELEASE):
        calls[status](payment)
        payment.refresh_from_db()


def purpose_of(payment: Payment) -> Purpose:
    """The declared purpose; one that does nothing if its app was taken out."""
    name = payment.purpose
    return purposes[name] if name in purposes else Purpose(name=name, label=label_of(payment), least=0, most=0)


def _take_refund(payment: Payment, seen: SeenRefund) -> None:
    row = _row_of(payment, seen)
    if seen.is_failed:
        _undo_refund(payment, row, seen)
    elif row.status != Refund.Status.MADE:
        row.status, row.refund_id, row.error = Refund.Status.MADE, seen.refund_id, ""
        row.save()
        payment.refunded += row.amount
        payment.save(update_fields=["refunded"])
        event = write_event(payment, What.REFUNDED, amount=row.amount, by=row.by, note=row.reason)
        book(event, row.amount, giver=Side.SITE, getter=Side.PAYER)
        owe_anew(payment)
        purpose_of(payment).refunded(payment)
        payment.refresh_from_db()


def _row_of(payment: Payment, seen: SeenRefund) -> Refund:
    """Our row of this refund, by the provider's id or by the one we gave along; new for one made elsewhere."""
    rows = payment.refunds.select_for_update(of=("self",)).select_related("by")
    known = rows.filter(refund_id=seen.refund_id).first()
    if known is None and seen.ours:
        known = rows.filter(pk=seen.ours, refund_id="").first()
    return known or Refund(payment=payment, amount=seen.amount, reason=MADE_ELSEWHERE)


def _undo_refund(payment: Payment, row: Refund, seen: SeenRefund) -> None:
    if row.status == Refund.Status.FAILED:
        return
    was_made = row.status == Refund.Status.MADE
    row.status, row.refund_id = Refund.Status.FAILED, seen.refund_id
    row.error = "The bank did not take the money back."
    row.save()
    event = write_event(payment, What.REFUND_FAILED, amount=row.amount, by=row.by, note=row.error)
    if was_made:
        payment.refunded -= row.amount
        payment.save(update_fields=["refunded"])
        book(event, row.amount)
        owe_anew(payment)
    purpose_of(payment).refund_failed(payment)
    payment.refresh_from_db()
