"""Writing in a room: post, edit, delete, and what moderation does to a message."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from peerloop.core.accounts.models import User
from peerloop.core.analytics.services import track
from peerloop.core.conversations import services as conversations
from peerloop.core.conversations.services import Draft
from peerloop.core.errors import Refusal
from peerloop.core.limits import wait_between
from peerloop.core.uploads.models import Upload

from ..errors import NotEnrolled, PictureNotYours, ReplyNotThere, TooManyPictures
from ..models import ChatMessage, MessageAttachment, Room
from ..permissions import participants_among
from .telling import tell_changed, tell_posted, tell_queue


def open_room(course_id: UUID) -> Room:
    """The room of a course, made the first time somebody asks for it."""
    return Room.objects.get_or_create(pk=course_id)[0]


def draft(
    *,
    course_id: UUID,
    content: str,
    by: User,
    client_id: UUID | None = None,
    is_question: bool = False,
    reply_to_id: UUID | None = None,
    attachment_ids: Sequence[UUID] = (),
) -> Draft:
    """What `by` wants to say in the room of a course. An answer is never a question itself."""
    fields = {"is_question": is_question and reply_to_id is None, "reply_to_id": reply_to_id}
    return Draft(
        course_id,
        by,
        content,
        client_id or uuid7(),
        fields,
        may_be_empty=bool(attachment_ids),
        extras=tuple(attachment_ids),
    )


def post_message(**said: Any) -> ChatMessage:
    """Post one message; takes what `draft` takes. The same `client_id` again returns the message stored before.

    Raises NotEnrolled, TooFast, Muted, EmptyMessage, MessageTooLong, ForbiddenCharacters, ReplyNotThere,
    PictureNotYours, TooManyPictures, SentDifferently. Tells the room, the people mentioned and the question's author.
    """
    outcome = post_messages([draft(**said)])[0]
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def post_messages(drafts: Sequence[Draft], *, paced: bool = True) -> list[ChatMessage | Refusal]:
    """Post many messages with one commit; each is stored or refused for itself, in the order given.

    Sockets gather what waits and call this: the cost of a commit is shared, and one at a time it costs the same.
    `paced=False` is for operators' commands: the pause between one person's messages is not asked for.
    """
    too_fast = [_too_fast(each) if paced else None for each in drafts]
    outcomes = iter(_post([each for each, refusal in zip(drafts, too_fast, strict=True) if refusal is None]))
    return [refusal or next(outcomes) for refusal in too_fast]


@transaction.atomic
def _post(drafts: Sequence[Draft]) -> list[ChatMessage | Refusal]:
    world = World(drafts)
    outcomes = conversations.append(ChatMessage, drafts, check=world.refusal)
    posted = [message for message, is_new in outcomes if is_new and isinstance(message, ChatMessage)]
    world.attach(posted)
    answered = world.answer_questions(posted)
    for message in posted:
        tell_posted(message, helpers=world.helpers(message.room_id))
        track("message_sent", user=message.author, course_id=message.room_id, is_question=message.is_question)
        if message.is_question:
            track("question_asked", user=message.author, course_id=message.room_id)
    for question in answered:
        tell_changed(question)
    for course_id in {each.room_id for each in posted if each.is_question} | {each.room_id for each in answered}:
        tell_queue(course_id)
    return [message for message, _ in outcomes]


def _too_fast(each: Draft) -> Refusal | None:
    seconds = settings.PEERLOOP.SECONDS_BETWEEN_MESSAGES
    try:
        wait_between("chat message", each.by.pk, seconds=seconds, token=each.client_id)
    except Refusal as refusal:
        return refusal
    return None


class World:
    """What a batch of drafts refers to, read once for all of them."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self.drafts = {each.sending: each for each in drafts}
        self.parts = participants_among({each.by.pk for each in drafts}, {each.conversation_id for each in drafts})
        replies = {each.fields["reply_to_id"] for each in drafts} - {None}
        found = ChatMessage.objects.shown().for_drawing().filter(pk__in=replies) if replies else ()
        self.targets = {each.pk: each for each in found}
        pictures = {upload_id for each in drafts for upload_id in each.extras}
        self.uploads = (
            {each.pk: each for each in Upload.objects.unattached().filter(pk__in=pictures)} if pictures else {}
        )

    def helpers(self, course_id: UUID) -> set[UUID]:
        return {user_id for (user_id, course), part in self.parts.items() if part.teaches and course == course_id}

    def refusal(self, each: Draft) -> Refusal | None:
        part = self.parts.get((each.by.pk, each.conversation_id))
        if part is None:
            return NotEnrolled()
        return conversations.muted_refusal(part.muted_until) or self._reply_refusal(each) or self._picture_refusal(each)

    def _reply_refusal(self, each: Draft) -> Refusal | None:
        """An answer to an answer stands under the same question, so the target becomes that question."""
        reply_to_id = each.fields["reply_to_id"]
        if reply_to_id is None:
            return None
        target = self.targets.get(reply_to_id)
        if target is None or target.room_id != each.conversation_id:
            return ReplyNotThere()
        each.fields["reply_to_id"] = target.reply_to_id or target.pk
        return None

    def _picture_refusal(self, each: Draft) -> Refusal | None:
        if len(each.extras) > settings.PEERLOOP.IMAGES_PER_ITEM:
            return TooManyPictures(limit=settings.PEERLOOP.IMAGES_PER_ITEM)
        uploads = [self.uploads.get(upload_id) for upload_id in each.extras]
        if any(upload is None or upload.owner_id != each.by.pk for upload in uploads):
            return PictureNotYours()
        return None

    def attach(self, posted: Iterable[ChatMessage]) -> None:
        for message in posted:
            extras = self.drafts[message.room_id, message.author_id, message.client_id].extras
            message.pictures = [self.uploads[upload_id] for upload_id in extras]
        rows = [MessageAttachment(message=message, upload=upload) for message in posted for upload in message.pictures]
        if rows:
            MessageAttachment.objects.bulk_create(rows)
            Upload.objects.mark_attached(row.upload_id for row in rows)

    def answer_questions(self, posted: Iterable[ChatMessage]) -> list[ChatMessage]:
        """Questions that got their first answer by somebody else: no longer pending, nobody "is answering" any more."""
        first = [
            message.reply_to_id
            for message in posted
            if message.reply_to_id
            and (target := self.targets.get(message.reply_to_id))
            and target.is_question
            and target.answered_at is None
            and target.author_id != message.author_id
        ]
        return [conversations.revise(ChatMessage, question_id, _answer) for question_id in dict.fromkeys(first)]


def _answer(question: ChatMessage) -> Sequence[str]:
    question.answered_at = timezone.now()
    question.claimed_by = question.claimed_until = None
    return ("answered_at", "claimed_by", "claimed_until")


@transaction.atomic
def edit_message(*, message_id: UUID, content: str, by: User) -> ChatMessage:
    """Give one's own message another text; the same text again changes nothing.

    Raises what `conversations.services.edit` raises, and NotEnrolled.
    """
    message = conversations.edit(ChatMessage, message_id=message_id, content=content, by=by)
    _check_still_here(message, by)
    tell_changed(message)
    if message.is_question:
        tell_queue(message.room_id)
    return message


@transaction.atomic
def delete_message(*, message_id: UUID, by: User) -> ChatMessage:
    """Take one's own message back; its place stays, its text is gone. Deleting it again changes nothing.

    Raises MessageNotThere, NotYours.
    """
    message = conversations.delete(ChatMessage, message_id=message_id, by=by)
    tell_changed(message)
    if message.is_question:
        tell_queue(message.room_id)
    return message


@transaction.atomic
def set_hidden(*, message_id: UUID, hidden: bool, by: User) -> ChatMessage:
    """Moderation hides a message or shows it again. Repeating it changes nothing. Raises MessageNotThere."""

    def change(message: ChatMessage) -> Sequence[str]:
        if bool(message.hidden_at) == hidden:
            return ()
        message.hidden_at = timezone.now() if hidden else None
        return ("hidden_at",)

    message = conversations.revise(ChatMessage, message_id, change)
    tell_changed(message)
    if message.is_question:
        tell_queue(message.room_id)
    return message


def _check_still_here(message: ChatMessage, by: User) -> None:
    if (by.pk, message.room_id) not in participants_among([by.pk], [message.room_id]):
        raise NotEnrolled
