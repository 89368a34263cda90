"""What a session tells its two people. Names and fields are the public protocol.

REC-08, REC-32 and REC-33 settle them.
"""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from peerloop.core.conversations.payloads import Payload, Person, Picture, person, picture
from peerloop.core.realtime.event import Event

from .call import IceServer
from .models import SessionMessage

# Browsers say what they can do in 2 to 10 kB; a frame holds 64.
SDP_CHARACTERS = 32 * 1024


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


class SessionMessageUpdated(Event):
    """`message_updated`: moderation hid a message, or shows it again."""

    name: ClassVar[str] = "message_updated"
    heard_by: ClassVar[str] = "the two people of a session"
    data: SessionMessageData


class Seen(Event):
    """`seen`: the other one has read everything up to this number."""

    name: ClassVar[str] = "seen"
    heard_by: ClassVar[str] = "the other one of a session"
    number: int


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


class VideoStarted(Event):
    """`video_started`: one of the two opened the video call, which is at `url`; told once a session."""

    name: ClassVar[str] = "video_started"
    heard_by: ClassVar[str] = "the two people of a session"
    url: str


# The call itself. A `peer` is one page in the call; it makes up its id anew each time it joins.


class Description(Payload):
    """The `RTCSessionDescription` of browsers."""

    type: Literal["offer", "answer"]
    sdp: str = Field(max_length=SDP_CHARACTERS)


class Candidate(Payload):
    """The `RTCIceCandidate` of browsers, as they write it."""

    candidate: str = Field(max_length=1024)
    sdpMid: str | None = Field(default=None, max_length=64)  # noqa: N815 - the browsers' names
    sdpMLineIndex: int | None = Field(default=None, ge=0, le=255)  # noqa: N815
    usernameFragment: str | None = Field(default=None, max_length=256)  # noqa: N815


class CallReady(Event):
    """`call_ready`: the answer to `call_join`. Of two offers at once, the one who is `polite` takes back the own."""

    name: ClassVar[str] = "call_ready"
    heard_by: ClassVar[str] = "the connection that joined the call"
    polite: bool
    ice_servers: list[IceServer]


class CallAsked(Event):
    """`call_asked`: the other one wants to know who is in the call; who is answers with `call_join`."""

    name: ClassVar[str] = "call_asked"
    heard_by: ClassVar[str] = "the other one of a session"


class CallJoined(Event):
    """`call_joined`: a page is in the call. A known `peer` again changes nothing."""

    name: ClassVar[str] = "call_joined"
    heard_by: ClassVar[str] = "the two people of a session"
    user_id: UUID
    user_name: str
    peer: UUID


class CallSignal(Event):
    """`call_signal`: what the browser of the other one says to the page `to`. Passed on, never kept."""

    name: ClassVar[str] = "call_signal"
    heard_by: ClassVar[str] = "the other one of a session"
    peer: UUID
    to: UUID
    description: Description | None = None
    candidate: Candidate | None = None


class CallLeft(Event):
    """`call_left`: a page left the call."""

    name: ClassVar[str] = "call_left"
    heard_by: ClassVar[str] = "the other one of a session"
    peer: UUID


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
