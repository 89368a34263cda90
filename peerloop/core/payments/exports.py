"""What a person takes along: what they paid and were paid, with each one's timeline."""

from typing import Any

from peerloop.core.accounts.exports import Export, exports
from peerloop.core.accounts.models import User

from .models import Payment
from .queries import timeline

SHOWN = ("created_at", "purpose", "subject_id", "amount", "currency", "status", "captured", "refunded")
EVENT = ("created_at", "what", "amount", "note")


def _rows(user: User) -> Any:
    for payment in Payment.objects.visible_to(user).order_by("pk"):
        shown = {name: getattr(payment, name) for name in SHOWN}
        yield {**shown, "events": list(timeline(payment, user.pk).values(*EVENT))}


exports.add("payments", Export(_rows))
