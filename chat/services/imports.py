"""Bringing past talk into a new room: from another system, or the demonstration's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from uuid_utils.compat import uuid7

from peerloop.core.accounts.models import User
from peerloop.core.conversations.log import clean
from peerloop.core.markup.prose import render_message

from ..models import ChatMessage, Room


@dataclass(frozen=True)
class Said:
    """One message of the past. `key` names it within the talk, `reply_to` is the key of the question it answers."""

    key: str
    author: User
    content: str
    at: datetime
    is_question: bool = False
    reply_to: str = ""


@transaction.atomic
def import_talk(*, room: Room, talk: Sequence[Said]) -> dict[str, ChatMessage]:
    """Fill an empty room with `talk`, oldest first, and return the messages by key.

    Nobody is notified of the past. A room in which somebody has written already is left as it is: nothing is returned.
    """
    room = Room.objects.select_for_update().get(pk=room.pk)
    if room.last_number:
        return {}
    rows: dict[str, ChatMessage] = {}
    for number, said in enumerate(talk, start=1):
        rows[said.key] = row = _row(room, number, said, rows)
        if row.reply_to and row.reply_to.is_question and row.reply_to.author_id != row.author_id:
            row.reply_to.answered_at = row.reply_to.answered_at or said.at
    ChatMessage.objects.bulk_create(rows.values(), batch_size=1000)
    room.version = room.last_number = len(rows)
    room.save(update_fields=["version", "last_number"])
    return rows


def _row(room: Room, number: int, said: Said, earlier: dict[str, ChatMessage]) -> ChatMessage:
    text = clean(said.content)
    question = earlier.get(said.reply_to)
    row = ChatMessage(
        room=room,
        author=said.author,
        client_id=uuid7(),
        content=text,
        html=render_message(text),
        is_question=said.is_question,
        reply_to=question,
        created_at=said.at,
    )
    if question:
        row.root_number = question.root_number
    row.place(number=number, version=number)
    return row
