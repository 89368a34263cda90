"""Help requests, paid and free, in every state that the models know."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from helpdesk.models import HelpRequest
from peerloop.core.accounts.models import User

DESCRIPTION = "My paint dries too fast.\nI tried thinning it with water."


def free_request(requester: User, **fields: Any) -> HelpRequest:
    """A free request as it stands in the table."""
    about = {"title": "My paint dries too fast", "description": DESCRIPTION, "category": "painting", **fields}
    return HelpRequest.objects.create(requester=requester, **about)


def paid_request(requester: User, **fields: Any) -> HelpRequest:
    """A paid one, authorised and dispatched, without a payment behind it."""
    now = timezone.now()
    about = {
        "amount": 2000,
        "payment_intent_id": "pi_there",
        "payment_status": "authorized",
        "dispatched_at": now,
        "expires_at": now + timedelta(hours=24),
        **fields,
    }
    return free_request(requester, **about)
