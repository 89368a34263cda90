"""What a person takes along: what they paid and were paid, with each one's timeline, and what was passed on to them."""

from typing import Any

from peerloop.core.accounts.exports import Export, exports
from peerloop.core.accounts.models import User

from .models import Payment, Payout
from .queries import timeline

SHOWN = ("created_at", "purpose", "subject_id", "amount", "currency", "status", "captured", "refunded")
EVENT = ("created_at", "what", "amount", "note")
PASSED_ON = ("created_at", "payment_id", "amount", "status", "sent", "reversed", "sent_at", "error")


def _rows(user: User) -> Any:
    for payment in Payment.objects.visible_to(user).order_by("pk"):
        shown = {name: getattr(payment, name) for name in SHOWN}
        yield {**shown, "events": list(timeline(payment, user.pk).values(*EVENT))}


def _payouts(user: User) -> Any:
    yield from Payout.objects.visible_to(user).order_by("pk").values(*PASSED_ON)


def _accounts(user: User) -> Any:
    yield from user.payout_accounts.values("created_at", "provider", "account_id", "is_ready", "asks")


exports.add("payments", Export(_rows))
exports.add("payouts", Export(_payouts))
exports.add("payout-accounts", Export(_accounts))
