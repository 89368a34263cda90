"""Intents: the holds on cards, what is taken of them, and what is refunded."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from ..models import Payment, Refund
from ..purposes import label_of, subject_of
from .speaking import about, everything, speaking

Status = Payment.Status
STATUSES = {
    "requires_payment_method": Status.CREATED,
    "requires_confirmation": Status.CREATED,
    "processing": Status.NEEDS_ACTION,
    "requires_action": Status.NEEDS_ACTION,
    "requires_capture": Status.AUTHORISED,
    "succeeded": Status.CAPTURED,
    "canceled": Status.RELEASED,
}
ENDED_BY_ITSELF = {"automatic", "expired"}
Deed = Callable[[Payment], "Seen"]


@dataclass(frozen=True, kw_only=True)
class SeenRefund:
    refund_id: str
    amount: int
    ours: str  # the id of our row, "" for one made elsewhere
    is_failed: bool


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An intent as the provider sees it, in our words."""

    intent_id: str
    payment_id: str
    client_secret: str
    status: str
    amount: int
    captured: int
    error: str
    card: str
    check_url: str
    charge_id: str
    hold_expires_at: datetime | None
    refunds: tuple[SeenRefund, ...] = ()

    @property
    def refunded(self) -> int:
        return sum(each.amount for each in self.refunds if not each.is_failed)


def create(payment: Payment) -> Seen:
    """Have an intent for `payment`. The key comes from the thing paid, so that asking again gives the same one."""
    subject = subject_of(payment.purpose, payment.subject_id)
    params: Any = {
        "amount": payment.amount,
        "currency": payment.currency,
        "capture_method": "manual",
        "payment_method_types": ["card"],
        "description": label_of(payment),
        "metadata": {"payment": str(payment.pk), "subject": subject, "site": settings.SITE_URL},
    }
    with speaking() as v1:
        # Not looked at again: were that answer lost, its error would make us ask with another key, for another intent.
        return _seen(
            v1.payment_intents.create(params, {"idempotency_key": f"hold:{subject}:{payment.number}:{payment.attempt}"})
        )


def look(intent_id: str) -> Seen:
    """What the provider says of the intent now."""
    with speaking() as v1:
        intent = v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]})
        refunds = v1.refunds.list({"payment_intent": intent_id}) if intent.status == "succeeded" else ()
        return _seen(intent, tuple(_seen_refund(each) for each in everything(refunds)))


def confirm(payment: Payment, *, card: str, return_url: str) -> Seen:
    """Put the money on hold on `card`. Raises Declined."""
    params: Any = {"payment_method": card, "return_url": return_url}
    with speaking() as v1:
        v1.payment_intents.confirm(payment.intent_id, params, _key("confirm", payment))
    return look(payment.intent_id)


def capture(payment: Payment) -> Seen:
    """Take what is on hold. Raises Unwilling when there is nothing to take (any more)."""
    with speaking() as v1:
        v1.payment_intents.capture(payment.intent_id, {}, _key("capture", payment))
    return look(payment.intent_id)


def cancel(payment: Payment) -> Seen:
    """Let go of what is on hold, or was to be. Raises Unwilling when the money was taken."""
    with speaking() as v1:
        v1.payment_intents.cancel(
            payment.intent_id, {"cancellation_reason": "requested_by_customer"}, _key("cancel", payment)
        )
    return look(payment.intent_id)


def refund(given: Refund) -> Seen:
    """Give `given.amount` back. Raises Unwilling."""
    params: Any = {
        "payment_intent": given.payment.intent_id,
        "amount": given.amount,
        "metadata": {"refund": str(given.pk)},
    }
    with speaking() as v1:
        v1.refunds.create(params, {"idempotency_key": f"refund:{given.pk}:{given.attempt}"})
    return look(given.payment.intent_id)


def recent(since: datetime) -> Iterator[tuple[str, str]]:
    """The intents of this site made since then, by id, each with the id of the payment that it says it is for."""
    with speaking() as v1:
        made = list(everything(v1.payment_intents.list({"created": {"gte": int(since.timestamp())}, "limit": 100})))
    for each in made:
        told = about(each)
        if told.get("site") == settings.SITE_URL:
            yield each.id, told.get("payment", "")


def _key(verb: str, payment: Payment) -> Any:
    return {"idempotency_key": f"{verb}:{payment.pk}:{payment.attempt}"}


def _seen(intent: Any, refunds: tuple[SeenRefund, ...] = ()) -> Seen:
    charge, refusal = intent.latest_charge, intent.last_payment_error
    card = charge.payment_method_details.card if charge else None
    before = getattr(card, "capture_before", None)
    action = intent.next_action
    return Seen(
        intent_id=intent.id,
        payment_id=about(intent).get("payment", ""),
        client_secret=intent.client_secret,
        status=_status(intent),
        amount=intent.amount,
        captured=intent.amount_received,
        error=(refusal.message or "") if refusal else "",
        card=f"{card.brand.capitalize()} {card.last4}" if card else "",
        check_url=action.redirect_to_url.url if action and action.type == "redirect_to_url" else "",
        charge_id=charge.id if charge else "",
        hold_expires_at=datetime.fromtimestamp(before, UTC) if before else None,
        refunds=refunds,
    )


def _status(intent: Any) -> str:
    if intent.status == "requires_payment_method" and intent.last_payment_error:
        return Status.FAILED
    if intent.status == "canceled" and intent.cancellation_reason in ENDED_BY_ITSELF:
        return Status.EXPIRED
    return STATUSES[intent.status]


def _seen_refund(refund: Any) -> SeenRefund:
    return SeenRefund(
        refund_id=refund.id,
        amount=refund.amount,
        ours=about(refund).get("refund", ""),
        is_failed=refund.status in {"failed", "canceled"},
    )
