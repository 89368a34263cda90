"""Money refunded, in whole or in part."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from peerloop.core.accounts.models import User

from .. import gateway
from ..errors import NoSuchPayment, NotForStaff, NothingToRefund, ProviderSilent, RefundRefused, RefundTooLarge
from ..models import SENTENCE, Payment, PaymentEvent, Refund
from ..money import in_words
from ..permissions import can_refund
from ..tasks import finish_refund as finish_refund_task
from .settling import purpose_of, settle, write_event

log = structlog.get_logger(__name__)
Status = Refund.Status
AGAIN = timedelta(minutes=5)


@transaction.atomic
def ask_refund(*, payment_id: UUID, refund_id: UUID, amount: int, reason: str, by: User) -> Refund:
    """Have `amount` (minor units) refunded soon. `refund_id` is the asker's own: the same again changes nothing.

    Refunds under way count as given. Raises NotForStaff, NoSuchPayment, NothingToRefund, RefundTooLarge.
    """
    refund = _ask(payment_id, refund_id, amount, reason, by)
    transaction.on_commit(lambda: finish_refund_task.delay(str(refund.pk)), robust=True)
    return refund


def refund(*, payment_id: UUID, refund_id: UUID, amount: int, reason: str, by: User) -> Refund:
    """Refund `amount` (minor units) now. The same `refund_id` again refunds nothing more.

    Raises what ask_refund does; RefundRefused when the provider does not do it; ProviderSilent when it could not be
    asked now: the sweep goes on trying.
    """
    asked = _ask(payment_id, refund_id, amount, reason, by)
    made = finish_refund(refund_id=asked.pk)
    if made.status == Status.FAILED:
        raise RefundRefused(why=made.error)
    if made.status == Status.ASKED:
        raise ProviderSilent
    return made


def finish_refund(*, refund_id: UUID) -> Refund:
    """Do at the provider what is asked, if it is not done there yet. Never raises for the provider."""
    asked = Refund.objects.select_related("payment").get(pk=refund_id)
    if asked.status != Status.ASKED:
        return asked
    try:
        seen = _done(asked)
    except gateway.Trouble as trouble:
        return _put_off(asked, trouble.why, answered=trouble.answered)
    except gateway.Unwilling as refusal:
        return _refused(asked, refusal.why)
    settle(payment_id=asked.payment_id, seen=seen, by=asked.by)
    return Refund.objects.get(pk=refund_id)


def _done(asked: Refund) -> gateway.Seen:
    """Looked for before it is asked again: with a new key the provider would give the money twice."""
    seen = gateway.look(asked.payment.intent_id) if asked.tries else None
    if seen and any(each.ours == str(asked.pk) for each in seen.refunds):
        return seen
    return gateway.refund(asked)


def _ask(payment_id: UUID, refund_id: UUID, amount: int, reason: str, by: User) -> Refund:
    if not can_refund(by):
        raise NotForStaff
    with transaction.atomic():
        payment = Payment.objects.select_for_update().filter(pk=payment_id).first()
        if payment is None:
            raise NoSuchPayment
        if known := payment.refunds.filter(pk=refund_id).first():
            return known
        if payment.status != Payment.Status.CAPTURED:
            raise NothingToRefund
        given = payment.refunds.exclude(status=Status.FAILED).aggregate(total=Sum("amount"))["total"] or 0
        left = payment.captured - given
        if not 0 < amount <= left:
            raise RefundTooLarge(most=in_words(left, payment.currency))
        return Refund.objects.create(pk=refund_id, payment=payment, amount=amount, reason=reason[:SENTENCE], by=by)


@transaction.atomic
def _put_off(asked: Refund, why: str, *, answered: bool) -> Refund:
    row = Refund.objects.select_for_update().get(pk=asked.pk)
    if row.status == Status.ASKED:
        log.error("Payment refund failed:", refund=str(row.pk), cause=why)
        row.error, row.tries, row.try_at = why[:SENTENCE], row.tries + 1, timezone.now() + AGAIN
        row.attempt += answered and row.attempt == asked.attempt
        row.save(update_fields=["error", "tries", "try_at", "attempt"])
    return row


@transaction.atomic
def _refused(asked: Refund, why: str) -> Refund:
    payment = Payment.objects.select_for_update().get(pk=asked.payment_id)
    row = Refund.objects.select_for_update(of=("self",)).select_related("by").get(pk=asked.pk)
    if row.status == Status.ASKED:
        row.status, row.error = Status.FAILED, why[:SENTENCE]
        row.save(update_fields=["status", "error"])
        write_event(payment, PaymentEvent.What.REFUND_FAILED, amount=row.amount, by=row.by)
        purpose_of(payment).refund_failed(payment)
    return row
