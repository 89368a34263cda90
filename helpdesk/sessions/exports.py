"""What a person takes along: everything written in live sessions."""

from collections.abc import Iterable
from typing import Any

from peerloop.core.accounts.exports import Export, exports
from peerloop.core.accounts.models import User

from .models import SessionMessage


def messages(user: User) -> Iterable[dict[str, Any]]:
    rows = SessionMessage.objects.filter(author=user, deleted_at=None).order_by("pk")
    return rows.values("id", "created_at", "session_id", "content")


exports.add("session_messages", Export(messages))
