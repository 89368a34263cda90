"""The JSON door of Course Chat."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status

from courses.models import Course
from peerloop.core.accounts.requests import CallerRequest
from peerloop.core.conversations.payloads import Person, person
from peerloop.core.errors.replies import REFUSALS
from peerloop.core.realtime import tokens

from . import queries
from .events import MessageData, message_data
from .models import ChatMessage, Room
from .permissions import check_can_enter
from .services import messages, questions

router = Router(tags=["chat"])


class RoomOut(Schema):
    room_id: UUID
    user_token: str


class MessagesOut(Schema):
    messages: list[MessageData]
    version: int
    # The number to pass as `before` for older messages; None at the beginning.
    older: int | None
    # True when `since` is too long ago or unknown: read the history anew.
    reload: bool = False


class MessageIn(Schema):
    content: str = ""
    is_question: bool = False
    reply_to_id: UUID | None = None
    client_id: UUID | None = None
    attachment_ids: list[UUID] = Field(default=[], max_length=50)


class EditIn(Schema):
    content: str


class QuestionIn(Schema):
    is_question: bool = True


class HelperOut(Schema):
    id: UUID
    name: str
    avatar: str
    is_available: bool
    # "Available to Help", or nothing while the helper's switch is off.
    status: str


class HelpersOut(Schema):
    helpers: list[HelperOut]


class QueueOut(Schema):
    questions: list[MessageData]


def entered(request: CallerRequest, course_id: UUID) -> Room:
    """The room, for somebody who may be in it."""
    course = get_object_or_404(Course, pk=course_id)
    check_can_enter(request.auth, course)
    return messages.open_room(course.pk)


def own_message(request: CallerRequest, message_id: UUID) -> ChatMessage:
    return get_object_or_404(ChatMessage.objects.visible_to(request.auth), pk=message_id)


@router.get("/courses/{uuid:course_id}/chat/room", response={200: RoomOut, **REFUSALS})
def room(request: CallerRequest, course_id: UUID) -> RoomOut:
    """The course's room, made the first time, and a token that opens its socket."""
    found = entered(request, course_id)
    session = request.session.session_key or ""
    return RoomOut(room_id=found.pk, user_token=tokens.issue(user_id=request.auth.pk, room=found.pk, session=session))


@router.get("/courses/{uuid:course_id}/chat/messages", response={200: MessagesOut, **REFUSALS})
def history(
    request: CallerRequest, course_id: UUID, before: int | None = None, since: int | None = None
) -> MessagesOut:
    """The latest messages, those before a number, or everything that changed since a version."""
    found = entered(request, course_id)
    if since is not None:
        changes = queries.changes_since(found, since)
        data = [message_data(each) for each in changes.messages]
        return MessagesOut(messages=data, version=changes.version, older=None, reload=changes.reload)
    rows = queries.latest_messages(found, before=before)
    older = rows[0].number if rows and rows[0].number > 1 else None
    return MessagesOut(messages=[message_data(each) for each in rows], version=found.version, older=older)


@router.post("/courses/{uuid:course_id}/chat/messages", response={201: MessageData, **REFUSALS})
def post(request: CallerRequest, course_id: UUID, body: MessageIn) -> Status[MessageData]:
    """Post a message; the same `client_id` again answers with the message stored before."""
    entered(request, course_id)
    message = messages.post_message(course_id=course_id, by=request.auth, **body.model_dump())
    return Status(201, message_data(message))


@router.patch("/chat/messages/{uuid:message_id}", response={200: MessageData, **REFUSALS})
def edit(request: CallerRequest, message_id: UUID, body: EditIn) -> MessageData:
    """Give one's own message another text."""
    own_message(request, message_id)
    message = messages.edit_message(message_id=message_id, content=body.content, by=request.auth)
    return message_data(message)


@router.delete("/chat/messages/{uuid:message_id}", response={200: MessageData, **REFUSALS})
def delete(request: CallerRequest, message_id: UUID) -> MessageData:
    """Take one's own message back."""
    own_message(request, message_id)
    message = messages.delete_message(message_id=message_id, by=request.auth)
    return message_data(message)


@router.post("/chat/messages/{uuid:message_id}/question", response={200: MessageData, **REFUSALS})
def mark_question(request: CallerRequest, message_id: UUID, body: QuestionIn) -> MessageData:
    """Mark one's own message as a question, or take the mark back while it is unanswered."""
    own_message(request, message_id)
    message = questions.mark_as_question(message_id=message_id, by=request.auth, is_question=body.is_question)
    return message_data(message)


@router.post("/chat/messages/{uuid:message_id}/claim", response={200: MessageData, **REFUSALS})
def claim(request: CallerRequest, message_id: UUID) -> MessageData:
    """Say "I am answering this" for a while."""
    own_message(request, message_id)
    message = questions.claim_question(question_id=message_id, by=request.auth)
    return message_data(message)


@router.get("/courses/{uuid:course_id}/chat/helpers", response={200: HelpersOut, **REFUSALS})
def helpers(request: CallerRequest, course_id: UUID) -> HelpersOut:
    """Every Student-Teacher who is online, each with whether "Available to Help"."""
    entered(request, course_id)
    return HelpersOut(helpers=[helper_out(each) for each in queries.online_helpers(course_id)])


@router.get("/courses/{uuid:course_id}/chat/queue", response={200: QueueOut, **REFUSALS})
def queue(request: CallerRequest, course_id: UUID) -> QueueOut:
    """The pending questions, oldest first."""
    found = entered(request, course_id)
    return QueueOut(questions=[message_data(each) for each in queries.pending_questions(found.pk)])


def helper_out(helper: queries.OnlineHelper) -> HelperOut:
    who: Person = person(helper.user, is_student_teacher=True)
    status = "Available to Help" if helper.is_available else ""
    return HelperOut(id=who.id, name=who.name, avatar=who.avatar, is_available=helper.is_available, status=status)
