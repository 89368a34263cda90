"""Compares our books with the provider's, and brings ours to the truth."""

from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import Q, Sum
from django.utils import timezone

from .. import gateway
from ..models import Payment, PaymentEntry, Payout
from .paying_out import finish_payout, is_reachable, settle_payout
from .settling import purpose_of, settle
from .wishes import finish

log = structlog.get_logger(__name__)


@dataclass
class Report:
    """What was compared, what differed and was repaired, and what a person has to look at."""

    compared: int = 0
    repaired: list[str] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)


def reconcile(*, days: int | None = None) -> Report:
    """Compare all that is not over, and what was made in the last `days` (PEERLOOP.PAYMENT_RECONCILE_DAYS).

    Again finds nothing more to repair. Raises PaymentsOff.
    """
    report, provider = Report(), gateway.provider()
    since = timezone.now() - timedelta(days=settings.PEERLOOP.PAYMENT_RECONCILE_DAYS if days is None else days)
    _find_lost(report, since)
    lately = Q(created_at__gte=since) | Q(captured_at__gte=since) | ~Q(status__in=["captured", "released", "expired"])
    for payment in Payment.objects.filter(lately, provider=provider).exclude(intent_id="").order_by("pk"):
        _compare(report, payment)
    for line in report.repaired:
        log.warning("Payment repaired", what=line)
    for line in report.unresolved:
        log.error("Payment differs", what=line)
    return report


def _find_lost(report: Report, since: object) -> None:
    """Intents that the provider has and we do not know: the answer to their making was lost."""
    made = dict(gateway.recent(since))  # type: ignore[arg-type]
    known = set(Payment.objects.filter(intent_id__in=made).values_list("intent_id", flat=True))
    ours = {str(pk): pk for pk in Payment.objects.filter(intent_id="").values_list("pk", flat=True)}
    for intent_id, named in made.items():
        if intent_id in known:
            continue
        if named in ours:
            settle(payment_id=ours[named], seen=gateway.look(intent_id))
            report.repaired.append(f"{named}: its intent {intent_id} was not known here")
        else:
            report.unresolved.append(f"{intent_id}: no payment here belongs to it")


def _compare(report: Report, payment: Payment) -> None:
    report.compared += 1
    try:
        before, seen = _figures(payment), gateway.look(payment.intent_id)
    except (gateway.Trouble, gateway.Unwilling) as trouble:
        report.unresolved.append(f"{payment.pk}: {trouble.why}")
        return
    now = settle(payment_id=payment.pk, seen=seen)
    if now.wanted:
        now = finish(payment_id=payment.pk)
        seen = gateway.look(payment.intent_id)
    if _figures(now) != before:
        report.repaired.append(f"{payment.pk}: {before} here, {_figures(now)} there")
    there = (seen.status, seen.captured, seen.refunded)
    if _figures(now) != there:
        report.unresolved.append(f"{payment.pk}: {_figures(now)} here, {there} there")
    if repaired := purpose_of(now).follow(now):
        report.repaired.append(repaired)
    payout = Payout.objects.filter(payment=payment).first()
    if payout:
        payout = _compare_payout(report, payout)
    kept, booked = now.refundable - (payout.kept if payout else 0), _booked(now)
    if booked != kept:
        report.unresolved.append(f"{payment.pk}: {kept} kept, {booked} booked")


def _compare_payout(report: Report, payout: Payout) -> Payout:
    """What was sent and taken back, against the transfer; and what a refund that failed has left owing."""
    before = (payout.sent, payout.reversed)
    try:
        seen = gateway.find_transfer(payout) if payout.asked or payout.transfer_id else None
    except (gateway.Trouble, gateway.Unwilling) as trouble:
        report.unresolved.append(f"{payout.pk}: {trouble.why}")
        return payout
    now = settle_payout(payout_id=payout.pk, seen=seen) if seen else payout
    now = finish_payout(payout_id=now.pk)
    if (now.sent, now.reversed) != before:
        report.repaired.append(f"{payout.pk}: {before} sent and taken back here, {(now.sent, now.reversed)} there")
    owes = now.status in (*Payout.MOVED, Payout.Status.CANCELLED, Payout.Status.FAILED) and now.kept < now.owed
    if owes and is_reachable(now):
        report.unresolved.append(f"{payout.pk}: {now.owed} owed to the payee, {now.kept} sent")
    return now


def _figures(payment: Payment) -> tuple[str, int, int]:
    return str(payment.status), payment.captured, payment.refunded


def _booked(payment: Payment) -> int:
    """What the books say that the site has of it."""
    entries = PaymentEntry.objects.filter(event__payment=payment, side=PaymentEntry.Side.SITE)
    return entries.aggregate(total=Sum("amount"))["total"] or 0
