"""What a session tells its two people. Names and fields are the public protocol.

REC-08, REC-32 and REC-33 settle them.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from peerloop.core.conversations.payloads import Payload, Person, Picture, person, picture
from peerloop.core.realtime.event import Event

from .models import SessionMessage


def session(session_id: UUID) -> str:
    """The group of both parties of a session; before it opens, of the student who waits for it."""
    return f"session.{session_id}"


def seat(session_id: UUID, user_id: UUID) -> str:
    """The group of one party's connections to a session."""
    return f"session.{session_id}.{user_id}"


class SessionMessageData(Payload):
    id: UUID
    author_id: UUID
    author: Person
    request_id: UUID
    content: str
    created_at: datetime
    # Beyond the seeds: its place, its last change, the sending it came from and its pictures.
    number: int
    version: int
    client_id: UUID
    attachments: list[Picture]


class SessionMessagePosted(Event):
    """`message`: one of the two wrote."""

    name: ClassVar[str] = "message"
    heard_by: ClassVar[str] = "the two people of a session"
    data: SessionMessageData


class HelperTyping(Event):
    """`helper_typing`: the helper is typing; shown for PEERLOOP.TYPING_SECONDS."""

    name: ClassVar[str] = "helper_typing"
    heard_by: ClassVar[str] = "the student of a session"


class StudentTyping(Event):
    """`typing`: the student is typing; shown for PEERLOOP.TYPING_SECONDS."""

    name: ClassVar[str] = "typing"
    heard_by: ClassVar[str] = "the helper of a session"


class StudentJoined(Event):
    """`student_joined`: the student's first connection to the session is there."""

    name: ClassVar[str] = "student_joined"
    heard_by: ClassVar[str] = "the helper of a session"
    student: Person


class HelperDisconnected(Event):
    """`helper_disconnected`: the helper has been gone longer than PEERLOOP.PRESENCE_GRACE_SECONDS; told once."""

    name: ClassVar[str] = "helper_disconnected"
    heard_by: ClassVar[str] = "the student of a session"


class HelperReturned(Event):
    """`helper_returned`: the helper is back and the session goes on."""

    name: ClassVar[str] = "helper_returned"
    heard_by: ClassVar[str] = "the student of a session"


class SessionEnded(Event):
    """`session_ended`: the session is over; `duration` in whole seconds by the server's clock."""

    name: ClassVar[str] = "session_ended"
    heard_by: ClassVar[str] = "the two people of a session"
    duration: int


def message_data(message: SessionMessage) -> SessionMessageData:
    """The message of the protocol, of one read `for_drawing`."""
    return SessionMessageData(
        id=message.pk,
        author_id=message.author_id,
        author=person(message.author, is_student_teacher=message.teaches),
        request_id=message.session_id,
        content="" if message.is_gone else message.content,
        created_at=message.created_at,
        number=message.number,
        version=message.version,
        client_id=message.client_id,
        attachments=[] if message.is_gone else [picture(upload) for upload in message.pictures],
    )
