"""What a room tells its members. Names and fields are the public protocol; REC-08 and REC-32 settle them."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from peerloop.core.conversations.payloads import Payload, Person, Picture, person, picture
from peerloop.core.realtime.event import Event

from .models import ChatMessage


def room(course_id: UUID) -> str:
    """The group of everybody who has the room open."""
    return f"chat.{course_id}"


class MessageData(Payload):
    id: UUID
    author_id: UUID
    author: Person
    course_id: UUID
    content: str
    created_at: datetime
    is_question: bool
    reply_to_id: UUID | None
    # Beyond the seeds: its place, its last change, the sending it came from, and what became of it.
    number: int
    version: int
    client_id: UUID
    edited_at: datetime | None
    deleted: bool
    answered: bool
    attachments: list[Picture]


class RoomEvent(Event):
    heard_by: ClassVar[str] = "everybody who has the room open"


class MessageEvent(RoomEvent):
    """Told to pages without the payload: the fragment says the rest."""

    data: MessageData

    def page_fields(self) -> dict[str, Any]:
        place = {"id", "number", "version", "client_id", "author_id", "is_question", "reply_to_id", "deleted"}
        return self.data.model_dump(mode="json", include=place)


class MessagePosted(MessageEvent):
    """`message`: somebody wrote."""

    name: ClassVar[str] = "message"
    fragment: ClassVar[str] = "chat/messages/_change.html"


class MessageUpdated(MessageEvent):
    """`message_updated`: edited, deleted, hidden, marked as question, answered, claimed or thanked."""

    name: ClassVar[str] = "message_updated"
    fragment: ClassVar[str] = "chat/messages/_change.html"


class PointsAwarded(RoomEvent):
    """`points_awarded`: an answer was thanked."""

    name: ClassVar[str] = "points_awarded"
    message_id: UUID
    from_user_id: UUID
    to_user_id: UUID
    points: int


class UserJoined(RoomEvent):
    """`user_joined`: somebody opened the room."""

    name: ClassVar[str] = "user_joined"
    user: Person


class UserLeft(RoomEvent):
    """`user_left`: somebody's last connection to the room ended."""

    name: ClassVar[str] = "user_left"
    user_id: UUID


class Presence(RoomEvent):
    """`presence`: everybody who is here, on connecting and when many came or went at once."""

    name: ClassVar[str] = "presence"
    users: list[Person]


class Typing(RoomEvent):
    """`typing`: somebody is typing; shown for PEERLOOP.TYPING_SECONDS."""

    name: ClassVar[str] = "typing"
    user_id: UUID


class QueueChanged(RoomEvent):
    """`help_queue`: the pending questions, oldest first."""

    name: ClassVar[str] = "help_queue"
    fragment: ClassVar[str] = "chat/rooms/_queue.html"
    question_ids: list[UUID]


class HelpersChanged(RoomEvent):
    """`helpers`: the Student-Teachers who are online, and whether each is available."""

    name: ClassVar[str] = "helpers"
    fragment: ClassVar[str] = "chat/rooms/_helpers.html"
    helper_ids: list[UUID]


class History(Event):
    """`history`: the first frame of a connection, the latest messages oldest first."""

    name: ClassVar[str] = "history"
    heard_by: ClassVar[str] = "the connection that was just opened"
    messages: list[MessageData]
    version: int

    def page_fields(self) -> dict[str, Any]:
        return {"version": self.version}


def message_data(message: ChatMessage) -> MessageData:
    """The ChatMessage of the protocol, of a message read `for_drawing`; a tombstone carries no text and no pictures."""
    return MessageData(
        id=message.pk,
        author_id=message.author_id,
        author=person(message.author, is_student_teacher=message.teaches),
        course_id=message.room_id,
        content="" if message.is_gone else message.content,
        created_at=message.created_at,
        is_question=message.is_question,
        reply_to_id=message.reply_to_id,
        number=message.number,
        version=message.version,
        client_id=message.client_id,
        edited_at=message.edited_at,
        deleted=message.is_gone,
        answered=message.answered_at is not None,
        attachments=[] if message.is_gone else [picture(upload) for upload in message.pictures],
    )
