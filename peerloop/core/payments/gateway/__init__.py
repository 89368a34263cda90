"""The only place that speaks to the payment provider: Stripe's library, to Stripe or to the built-in double.

Nothing is called inside a database transaction. What comes back is what the provider says now (`Seen`), read after
the deed, so that a repeated answer to an idempotency key is never taken for the present.
"""

from .accounts import SeenAccount, create_account, look_at_account, onboarding
from .intents import Deed, Seen, SeenRefund, cancel, capture, confirm, create, look, recent, refund
from .speaking import Declined, Trouble, Unwilling, provider
from .transfers import SeenTransfer, find_transfer, send, take_back
from .webhooks import event, webhook_secret

__all__ = [
    "Declined",
    "Deed",
    "Seen",
    "SeenAccount",
    "SeenRefund",
    "SeenTransfer",
    "Trouble",
    "Unwilling",
    "cancel",
    "capture",
    "confirm",
    "create",
    "create_account",
    "event",
    "find_transfer",
    "look",
    "look_at_account",
    "onboarding",
    "provider",
    "recent",
    "refund",
    "send",
    "take_back",
    "webhook_secret",
]
