"""The only module that speaks to the payment provider: Stripe's library, to Stripe or to the built-in double.

Nothing is called inside a database transaction. What comes back is what the provider says now (`Seen`), read after
the deed, so that a repeated answer to an idempotency key is never taken for the present.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import stripe
from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from .double.client import Double
from .errors import NotOurWebhook, PaymentsOff
from .models import Payment, Refund
from .purposes import label_of, subject_of

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
SECONDS = 20
Deed = Callable[[Payment], "Seen"]


class Trouble(Exception):
    """No usable answer. `answered` says whether one came at all: an error is repeated for its idempotency key."""

    def __init__(self, why: str, *, answered: bool) -> None:
        self.why, self.answered = why, answered
        super().__init__(why)


class Declined(Exception):
    """The bank refused the card, with a sentence for the payer."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Unwilling(Exception):
    """The provider refuses what is asked of it in this state, and says why."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


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
    hold_expires_at: datetime | None
    refunds: tuple[SeenRefund, ...] = ()

    @property
    def refunded(self) -> int:
        return sum(each.amount for each in self.refunds if not each.is_failed)


def provider() -> str:
    """Who moves the money of this site. Raises PaymentsOff."""
    if settings.STRIPE_SECRET_KEY:
        return "stripe"
    if settings.TEST_PAYMENTS:
        return "test"
    raise PaymentsOff


def http_client() -> stripe.HTTPClient:
    """What carries the library's calls out."""
    return stripe.RequestsClient(timeout=SECONDS) if provider() == "stripe" else Double()


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
    with _speaking() as intents:
        # Not looked at again: were that answer lost, its error would make us ask with another key, for another intent.
        return _seen(intents.create(params, {"idempotency_key": f"hold:{subject}:{payment.number}:{payment.attempt}"}))


def look(intent_id: str) -> Seen:
    """What the provider says of the intent now."""
    with _speaking() as intents:
        intent = intents.retrieve(intent_id, {"expand": ["latest_charge"]})
        refunds = _client().v1.refunds.list({"payment_intent": intent_id}) if intent.status == "succeeded" else ()
        return _seen(intent, tuple(_seen_refund(each) for each in _all(refunds)))


def confirm(payment: Payment, *, card: str, return_url: str) -> Seen:
    """Put the money on hold on `card`. Raises Declined."""
    params: Any = {"payment_method": card, "return_url": return_url}
    with _speaking() as intents:
        intents.confirm(payment.intent_id, params, _key("confirm", payment))
    return look(payment.intent_id)


def capture(payment: Payment) -> Seen:
    """Take what is on hold. Raises Unwilling when there is nothing to take (any more)."""
    with _speaking() as intents:
        intents.capture(payment.intent_id, {}, _key("capture", payment))
    return look(payment.intent_id)


def cancel(payment: Payment) -> Seen:
    """Let go of what is on hold, or was to be. Raises Unwilling when the money was taken."""
    with _speaking() as intents:
        intents.cancel(payment.intent_id, {"cancellation_reason": "requested_by_customer"}, _key("cancel", payment))
    return look(payment.intent_id)


def refund(given: Refund) -> Seen:
    """Give `given.amount` back. Raises Unwilling."""
    params: Any = {
        "payment_intent": given.payment.intent_id,
        "amount": given.amount,
        "metadata": {"refund": str(given.pk)},
    }
    with _speaking():
        _client().v1.refunds.create(params, {"idempotency_key": f"refund:{given.pk}:{given.attempt}"})
    return look(given.payment.intent_id)


def recent(since: datetime) -> Iterator[tuple[str, str]]:
    """The intents of this site made since then, by id, each with the id of the payment that it says it is for."""
    with _speaking() as intents:
        made = list(_all(intents.list({"created": {"gte": int(since.timestamp())}, "limit": 100})))
    for each in made:
        about = _about(each)
        if about.get("site") == settings.SITE_URL:
            yield each.id, about.get("payment", "")


def webhook_secret() -> str:
    """What webhooks are signed with; without Stripe one of our own that nobody outside knows."""
    own = f"whsec_{salted_hmac('payments webhook', provider()).hexdigest()}"
    return settings.STRIPE_WEBHOOK_SECRET if settings.STRIPE_SECRET_KEY else own


def event(body: bytes, signature: str) -> dict[str, Any]:
    """The event in `body`, if the provider signed exactly these bytes lately. Raises NotOurWebhook."""
    try:
        stripe.Webhook.construct_event(body, signature, webhook_secret())
    except (ValueError, KeyError, stripe.SignatureVerificationError):  # ValueError: no UTF-8, no JSON
        raise NotOurWebhook from None
    told: dict[str, Any] = json.loads(body)
    return told


def _client() -> stripe.StripeClient:
    if provider() == "stripe":
        return _stripe(settings.STRIPE_SECRET_KEY)
    return stripe.StripeClient("sk_test_built_in", http_client=http_client(), max_network_retries=0)


@cache
def _stripe(key: str) -> stripe.StripeClient:
    """One for the process, so that connections are kept."""
    return stripe.StripeClient(key, http_client=http_client(), max_network_retries=2)


@contextmanager
def _speaking() -> Iterator[Any]:
    """The provider's intents; what goes wrong in between is told in our words."""
    # A lock must not be held while somebody far away thinks. (Tests are wrapped in a transaction of their own.)
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("The payment provider is called inside a transaction.")
    try:
        yield _client().v1.payment_intents
    except stripe.CardError as error:
        raise Declined(error.user_message or "The card was refused.") from error
    except stripe.InvalidRequestError as error:
        raise Unwilling(error.user_message or "This is not possible any more.") from error
    except stripe.StripeError as error:
        raise Trouble(str(error.user_message or "no answer"), answered=error.http_status is not None) from error


def _key(verb: str, payment: Payment) -> Any:
    return {"idempotency_key": f"{verb}:{payment.pk}:{payment.attempt}"}


def _all(found: Any) -> Any:
    return found.auto_paging_iter() if hasattr(found, "auto_paging_iter") else found


def _about(thing: Any) -> dict[str, str]:
    return dict(thing.metadata.to_dict()) if thing.metadata else {}


def _seen(intent: Any, refunds: tuple[SeenRefund, ...] = ()) -> Seen:
    charge, refusal = intent.latest_charge, intent.last_payment_error
    card = charge.payment_method_details.card if charge else None
    before = getattr(card, "capture_before", None)
    action = intent.next_action
    return Seen(
        intent_id=intent.id,
        payment_id=_about(intent).get("payment", ""),
        client_secret=intent.client_secret,
        status=_status(intent),
        amount=intent.amount,
        captured=intent.amount_received,
        error=(refusal.message or "") if refusal else "",
        card=f"{card.brand.capitalize()} {card.last4}" if card else "",
        check_url=action.redirect_to_url.url if action and action.type == "redirect_to_url" else "",
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
        ours=_about(refund).get("refund", ""),
        is_failed=refund.status in {"failed", "canceled"},
    )
