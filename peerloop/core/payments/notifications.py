"""The notice of what became of one's money."""

from peerloop.core.notifications.kinds import Kind, declare
from peerloop.core.notifications.models import Notification

NEWS = {
    "captured": "You paid {amount}",
    "released": "The hold of {amount} on your card is released",
    "expired": "The hold of {amount} on your card has ended, nothing was taken",
    "expiring": "The hold of {amount} on your card ends soon",
    "refunded": "{amount} is refunded to you",
    "refund_failed": "A refund of {amount} did not reach your card",
    "payout_waits": "{amount} waits for you: set up payouts",
    "payout_failed": "{amount} could not be sent to your account",
    "payout_asks": "The payment service asks you for details before it sends more",
}


def news(notification: Notification) -> str:
    """What became of a payment: paid, released, ended, ends soon, refunded or not; or what holds up a payout."""
    return NEWS[notification.data["what"]].format(amount=notification.data["amount"])


declare(Kind(name="payment", label="My payments", title=news, icon="credit-card", tone="fern", email_default=True))
