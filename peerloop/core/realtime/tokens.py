"""Short-lived signed tokens that let a program open one socket: they name the person, the room and the session."""

from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing

SALT = "peerloop.socket"


class Ticket(NamedTuple):
    user_id: UUID
    room: str
    session: str


def issue(*, user_id: UUID, room: object, session: str = "") -> str:
    """A token for `room`, good for PEERLOOP.ROOM_TOKEN_MINUTES."""
    return signing.dumps([str(user_id), str(room), session], salt=SALT)


def read(token: str) -> Ticket | None:
    """What `token` says, or None if it is forged, damaged or expired."""
    try:
        user_id, room, session = signing.loads(token, salt=SALT, max_age=settings.PEERLOOP.ROOM_TOKEN_MINUTES * 60)
        return Ticket(UUID(user_id), room, session)
    except (signing.BadSignature, ValueError, TypeError):
        return None
