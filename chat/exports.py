"""What a person takes along: everything written in Course Chat."""

from collections.abc import Iterable
from typing import Any

from peerloop.core.accounts.exports import Export, exports
from peerloop.core.accounts.models import User

from .models import ChatMessage


def messages(user: User) -> Iterable[dict[str, Any]]:
    rows = ChatMessage.objects.filter(author=user, deleted_at=None).order_by("pk")
    return rows.values("id", "created_at", "room__course__title", "content", "is_question", "reply_to_id")


exports.add("chat_messages", Export(messages))
