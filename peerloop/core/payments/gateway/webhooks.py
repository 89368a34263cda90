"""Whether the provider said what somebody brings in its name."""

import json
from typing import Any

import stripe
from django.conf import settings
from django.utils.crypto import salted_hmac

from ..errors import NotOurWebhook
from .speaking import provider


def webhook_secret() -> str:
    """What webhooks are signed with; without Stripe one of our own that nobody outside knows."""
    own = f"whsec_{salted_hmac('payments webhook', provider()).hexdigest()}"
    return settings.STRIPE_WEBHOOK_SECRET if settings.STRIPE_SECRET_KEY else own


def event(body: bytes, signature: str) -> dict[str, Any]:
    """The event in `body`, if the provider signed exactly these bytes lately. Raises NotOurWebhook."""
    # Stripe signs what it tells of payees' accounts with a secret of its own.
    secrets = [webhook_secret(), settings.STRIPE_CONNECT_WEBHOOK_SECRET]
    if not any(_is_signed(body, signature, secret) for secret in secrets if secret):
        raise NotOurWebhook
    told: dict[str, Any] = json.loads(body)
    return told


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        stripe.Webhook.construct_event(body, signature, secret)
    except (ValueError, KeyError, stripe.SignatureVerificationError):  # ValueError: no UTF-8, no JSON
        return False
    return True
