"""The first frame of programs: the same for all who come while the room does not change, so made once for them."""

from time import monotonic
from typing import NamedTuple
from uuid import UUID

from . import events
from .models import Room
from .queries import latest_messages

# For so long a name or a badge that has changed may stand there as it was: these are no changes of the room.
SECONDS = 5
MOST_ROOMS = 64


class Kept(NamedTuple):
    version: int
    until: float
    frame: str


_kept: dict[UUID, Kept] = {}


def history_frame(room: Room) -> str:
    """The latest messages of the room for programs, oldest first, as of its version."""
    kept = _kept.get(room.pk)
    if kept is None or kept.version != room.version or kept.until < monotonic():
        said = [events.message_data(each) for each in latest_messages(room)]
        frame = events.History(messages=said, version=room.version).for_programs()
        kept = Kept(room.version, monotonic() + SECONDS, frame)
        if len(_kept) >= MOST_ROOMS:
            _kept.clear()
        _kept[room.pk] = kept
    return kept.frame
