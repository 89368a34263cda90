"""Tables of payments, one file a noun."""

from .books import PaymentEntry, PaymentEvent
from .doubles import DoubleCall, DoubleObject
from .payments import SENTENCE, Payment
from .payouts import Payout, PayoutAccount
from .refunds import Refund
from .webhooks import WebhookDelivery

__all__ = [
    "SENTENCE",
    "DoubleCall",
    "DoubleObject",
    "Payment",
    "PaymentEntry",
    "PaymentEvent",
    "Payout",
    "PayoutAccount",
    "Refund",
    "WebhookDelivery",
]
