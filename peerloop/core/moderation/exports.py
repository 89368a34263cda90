"""What a person takes along: what they reported, and what moderators decided about them."""

from typing import Any

from peerloop.core.accounts.exports import Export, exports
from peerloop.core.accounts.models import User

from .models import Act, Flag


def _reports(user: User) -> Any:
    yield from Flag.objects.filter(reporter=user).order_by("pk").values("created_at", "reason", "note", "item__text")


def _decisions(user: User) -> Any:
    yield from Act.objects.filter(person=user).order_by("pk").values("created_at", "verb", "reason", "item__text")


exports.add("reports", Export(_reports))
exports.add("moderation", Export(_decisions))
