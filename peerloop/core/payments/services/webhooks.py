"""What the provider tells by itself. It is taken as a hint to look: the order and number of messages do not matter."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from .. import gateway
from ..models import SENTENCE, Payment, PayoutAccount, WebhookDelivery
from .onboarding import settle_account
from .settling import settle


def note_webhook(*, body: bytes, signature: str) -> WebhookDelivery:
    """Keep a signed message of the provider and see where its payment or account stands. Told again, it is done once.

    Raises NotOurWebhook unless the provider signed exactly these bytes within the last five minutes. When the provider
    cannot be asked now, the message stays undone and the sweep does it.
    """
    told = gateway.event(body, signature)
    thing = told["data"]["object"]
    about = {"kind": told["type"][:80], "intent_id": _intent_in(thing), "account_id": _account_in(thing)}
    delivery, _ = WebhookDelivery.objects.get_or_create(event_id=told["id"], defaults=about)
    return delivery if delivery.done_at else do_delivery(delivery)


def do_delivery(delivery: WebhookDelivery) -> WebhookDelivery:
    """See where the payment or the account of a message stands.

    That the message is done is written together with the work, so that none is lost in between.
    """
    account = PayoutAccount.objects.filter(account_id=delivery.account_id).exclude(account_id="").first()
    if account is None and not delivery.intent_id:
        return _mark(delivery, done=True)
    try:
        write = _seen_account(account) if account else _seen_payment(delivery.intent_id)
    except gateway.Unwilling as refusal:  # an intent that is not for us to see
        return _mark(delivery, done=True, error=refusal.why)
    except gateway.Trouble as trouble:
        return _mark(delivery, error=trouble.why)
    with transaction.atomic():
        write()
        return _mark(delivery, done=True)


def _seen_account(account: PayoutAccount) -> Callable[[], Any]:
    seen = gateway.look_at_account(account.account_id)
    return lambda: settle_account(account_pk=account.pk, seen=seen)


def _seen_payment(intent_id: str) -> Callable[[], Any]:
    seen = gateway.look(intent_id)

    def write() -> None:
        payment = _payment_of(seen)
        if payment is not None:
            settle(payment_id=payment.pk, seen=seen)

    return write


def _mark(delivery: WebhookDelivery, *, done: bool = False, error: str = "") -> WebhookDelivery:
    delivery.done_at, delivery.error = (timezone.now() if done else None), error[:SENTENCE]
    delivery.save(update_fields=["done_at", "error"])
    return delivery


def _intent_in(thing: dict[str, Any]) -> str:
    """The intent that an event is about: itself, or the one its charge or refund belongs to."""
    name = thing.get("id") if thing.get("object") == "payment_intent" else thing.get("payment_intent")
    return name[:80] if isinstance(name, str) else ""


def _account_in(thing: dict[str, Any]) -> str:
    return str(thing["id"])[:80] if thing.get("object") == "account" else ""


def _payment_of(seen: gateway.Seen) -> Payment | None:
    """Ours with this intent, or the one that it names and whose row does not know it yet. None: another site's."""
    known = Payment.objects.filter(intent_id=seen.intent_id).first()
    if known is not None:
        return known
    try:
        return Payment.objects.filter(pk=UUID(seen.payment_id), intent_id="").first()
    except ValueError:
        return None
