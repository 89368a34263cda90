"""What a person takes along: their own lines of the ledger."""

from typing import Any

from peerloop.core.accounts.exports import Export, exports
from peerloop.core.accounts.models import User

from .models import Entry


def _rows(user: User) -> Any:
    own = Entry.objects.filter(account__user=user).order_by("pk")
    yield from own.values("created_at", "amount", "transaction__reason", "transaction__reference_id")


exports.add("goodwill", Export(_rows))
