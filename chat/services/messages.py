"""Writing in a room: post, edit, delete, and what moderation does to a message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from peerloop.core.accounts.models import User
from peerloop.core.analytics.services import track, track_now
from peerloop.core.conversations import services as conversations
from peerloop.core.conversations.log import Draft, store_admitted
from peerloop.core.errors import Refusal, TooFast
from peerloop.core.limits import Attempt, too_soon, wait_between
from peerloop.core.realtime.services import publish_soon
from peerloop.core.uploads.models import Upload

from ..errors import NotEnrolled, PictureNotYours, ReplyNotThere, TooManyPictures
from ..models import ChatMessage, MessageAttachment, Room
from ..permissions import ADMITTED, participants_among
from ..queries import rooms_of
from .telling import posted_letter, tell_changed, tell_posted, tell_queue, withdraw_notices

PACED = "chat message"


def open_room(course_id: UUID) -> Room:
    """The room of a course, made the first time somebody asks for it."""
    known = rooms_of(course_id)
    return known[0] if known else Room.objects.get_or_create(pk=course_id)[0]


@dataclass(frozen=True)
class ChatDraft(Draft):
    reply_to_id: UUID | None = None
    attachment_ids: tuple[UUID, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the message itself is written and told when it is posted."""
        is_question = self.fields["is_question"]
        return not (is_question or self.reply_to_id or self.attachment_ids or "@" in self.content)


def draft(
    *,
    course_id: UUID,
    content: str,
    by: User,
    client_id: UUID | None = None,
    is_question: bool = False,
    reply_to_id: UUID | None = None,
    attachment_ids: Sequence[UUID] = (),
) -> ChatDraft:
    """What `by` wants to say in the room of a course. An answer is never a question itself."""
    return ChatDraft(
        conversation_id=course_id,
        by=by,
        content=content,
        client_id=client_id or uuid7(),
        fields={"is_question": is_question and reply_to_id is None},
        may_be_empty=bool(attachment_ids),
        reply_to_id=reply_to_id,
        attachment_ids=tuple(attachment_ids),
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


def post_messages(drafts: Sequence[ChatDraft], *, paced: bool = True) -> list[ChatMessage | Refusal]:
    """Post many messages with one commit; each is stored or refused for itself, in the order given.

    Sockets gather what waits and call this: the cost of a commit is shared, and one at a time it costs the same.
    `paced=False` is for operators' commands: the pause between one person's messages is not asked for.
    """
    too_fast = [_too_fast(each) if paced else None for each in drafts]
    timely = [each for each, refusal in zip(drafts, too_fast, strict=True) if refusal is None]
    try:
        outcomes = iter(_post(timely))
    except IntegrityError:
        outcomes = iter(_post(timely, sent_before=True))
    return [refusal or next(outcomes) for refusal in too_fast]


async def apost_plain(drafts: Sequence[ChatDraft]) -> list[ChatMessage | Refusal | None]:
    """Post messages that are plain, on PostgreSQL, without a thread: with a single statement what needs no more.

    Each outcome; None for what must be judged and posted the long way, by `post_messages`. Raises StatementFailed, if
    they all must: what was stored already is found there by its `client_id`.
    """
    outcomes: list[ChatMessage | Refusal | None] = [*await _refused(drafts)]
    open_ones = [place for place, refusal in enumerate(outcomes) if refusal is None]
    if open_ones:
        stored = await store_admitted(ChatMessage, [drafts[place] for place in open_ones], admitted=ADMITTED)
        for place, found in zip(open_ones, stored, strict=True):
            if found:
                outcomes[place], found[0].teaches = found
        _tell_plain([row for row, _ in filter(None, stored)])
    return outcomes


async def _refused(drafts: Sequence[ChatDraft]) -> list[Refusal | None]:
    attempts, pause = [_attempt(each) for each in drafts], settings.PEERLOOP.SECONDS_BETWEEN_MESSAGES
    early = await too_soon(PACED, attempts, seconds=pause)
    return [
        TooFast() if is_early else conversations.text_refusal(each)
        for each, is_early in zip(drafts, early, strict=True)
    ]


def _tell_plain(posted: Sequence[ChatMessage]) -> None:
    for message in posted:
        track_now("message_sent", user=message.author, course_id=message.room_id, is_question=False)
    if posted:
        publish_soon([posted_letter(message) for message in posted])


@transaction.atomic
def _post(drafts: Sequence[ChatDraft], *, sent_before: bool = False) -> list[ChatMessage | Refusal]:
    world = World(drafts)
    outcomes = conversations.append(ChatMessage, drafts, check=world.refusal, sent_before=sent_before)
    posted = [message for message, is_new in outcomes if is_new and isinstance(message, ChatMessage)]
    world.complete(posted)
    _tell(posted, answered=world.answered(posted))
    return [message for message, _ in outcomes]


def _tell(posted: Sequence[ChatMessage], *, answered: Sequence[ChatMessage]) -> None:
    for message in posted:
        track("message_sent", user=message.author, course_id=message.room_id, is_question=message.is_question)
        if message.is_question:
            track("question_asked", user=message.author, course_id=message.room_id)
        tell_posted(message)
    for question in answered:
        tell_changed(question)
    for course_id in {each.room_id for each in posted if each.is_question} | {each.room_id for each in answered}:
        tell_queue(course_id)


def _attempt(each: Draft) -> Attempt:
    return each.by.pk, each.client_id.int


def _too_fast(each: Draft) -> Refusal | None:
    who, token = _attempt(each)
    try:
        wait_between(PACED, who, seconds=settings.PEERLOOP.SECONDS_BETWEEN_MESSAGES, token=token)
    except Refusal as refusal:
        return refusal
    return None


class World:
    """What a batch of drafts refers to, read once for all of them."""

    def __init__(self, drafts: Sequence[ChatDraft]) -> None:
        self.drafts = {each.sending: each for each in drafts}
        self.parts = participants_among({each.by.pk for each in drafts}, {each.conversation_id for each in drafts})
        self.roots = roots_of({each.reply_to_id for each in drafts if each.reply_to_id})
        pictures = {upload_id for each in drafts for upload_id in each.attachment_ids}
        self.uploads = Upload.objects.unattached().in_bulk(pictures) if pictures else {}

    def refusal(self, each: Draft) -> Refusal | None:
        """Why this draft may not be posted; if it may, its fields are completed."""
        wanted = self.drafts[each.sending]
        part = self.parts.get((each.by.pk, each.conversation_id))
        if part is None:
            return NotEnrolled()
        return conversations.muted_refusal(part.muted_until) or self._answer_to(wanted) or self._show_pictures(wanted)

    def _answer_to(self, wanted: ChatDraft) -> Refusal | None:
        if wanted.reply_to_id is None:
            return None
        root = self.roots.get(wanted.reply_to_id)
        if root is None or root.room_id != wanted.conversation_id:
            return ReplyNotThere()
        wanted.fields.update(reply_to=root, root_number=root.root_number)
        return None

    def _show_pictures(self, wanted: ChatDraft) -> Refusal | None:
        if len(wanted.attachment_ids) > settings.PEERLOOP.IMAGES_PER_ITEM:
            return TooManyPictures(limit=settings.PEERLOOP.IMAGES_PER_ITEM)
        uploads = [self.uploads.get(upload_id) for upload_id in wanted.attachment_ids]
        if any(upload is None or upload.owner_id != wanted.by.pk for upload in uploads):
            return PictureNotYours()
        wanted.fields["picture_sizes"] = [(str(each.pk), each.width, each.height) for each in uploads if each]
        return None

    def complete(self, posted: Iterable[ChatMessage]) -> None:
        """Say of each new message whether its author has the badge, and make its pictures its own."""
        rows = []
        for message in posted:
            message.teaches = self.parts[message.author_id, message.room_id].teaches
            rows += [MessageAttachment(message=message, upload_id=picture.pk) for picture in message.pictures]
        if rows:
            MessageAttachment.objects.bulk_create(rows)
            Upload.objects.mark_attached(row.upload_id for row in rows)

    def answered(self, posted: Iterable[ChatMessage]) -> list[ChatMessage]:
        """Questions that got their first answer by somebody else: no longer pending, nobody "is answering" any more."""
        first = {each.reply_to.pk for each in posted if each.reply_to and _is_first_answer(each, each.reply_to)}
        return [conversations.revise(ChatMessage, question_id, _answer) for question_id in sorted(first)]


def roots_of(reply_to_ids: set[UUID]) -> dict[UUID, ChatMessage]:
    """The entry that a reply to each of these stands in: an answer to an answer stands under the same question."""
    if not reply_to_ids:
        return {}
    targets = ChatMessage.objects.shown().select_related("author", "reply_to__author").filter(pk__in=reply_to_ids)
    return {target.pk: target.reply_to or target for target in targets}


def _is_first_answer(answer: ChatMessage, root: ChatMessage) -> bool:
    return root.is_question and root.answered_at is None and root.author_id != answer.author_id


def _answer(question: ChatMessage) -> Sequence[str]:
    if question.answered_at:  # somebody else's answer came in between
        return ()
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
    withdraw_notices(message)
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
    if hidden:
        withdraw_notices(message)
    tell_changed(message)
    if message.is_question:
        tell_queue(message.room_id)
    return message


def _check_still_here(message: ChatMessage, by: User) -> None:
    if (by.pk, message.room_id) not in participants_among([by.pk], [message.room_id]):
        raise NotEnrolled
