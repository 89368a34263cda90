"""What happens to questions besides answers: marked, claimed."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.analytics.services import track
from peerloop.core.conversations.errors import MessageNotThere, NotYours
from peerloop.core.conversations.services import revise

from ..errors import AlreadyClaimed, NotAQuestion, NotEnrolled
from ..models import ChatMessage
from ..permissions import can_claim, can_mark_as_question, participants_among
from .telling import tell_changed, tell_queue


@transaction.atomic
def mark_as_question(*, message_id: UUID, by: User, is_question: bool = True) -> ChatMessage:
    """Make one's own message a question, or an ordinary message again while nobody has answered it.

    Repeating it changes nothing. Raises MessageNotThere, NotYours, NotEnrolled, NotAQuestion (it was answered).
    """

    def change(message: ChatMessage) -> Sequence[str]:
        _check_here(message, by)
        if not can_mark_as_question(by, message):
            raise NotYours
        if message.is_question == is_question:
            return ()
        if message.answered_at:
            raise NotAQuestion
        message.is_question = is_question
        if is_question:
            track("question_asked", user=by, course_id=message.room_id)
        return ("is_question",)

    return _tell(revise(ChatMessage, message_id, change))


@transaction.atomic
def claim_question(*, question_id: UUID, by: User) -> ChatMessage:
    """Say "I am answering this" for PEERLOOP.CLAIM_MINUTES. Claiming again prolongs the claim.

    Raises MessageNotThere, NotEnrolled, NotAQuestion, AlreadyClaimed (by somebody else, and not yet over).
    """

    def change(question: ChatMessage) -> Sequence[str]:
        _check_here(question, by)
        if not can_claim(by, question):
            raise NotAQuestion
        if question.is_claimed and question.claimed_by_id != by.pk:
            raise AlreadyClaimed(name=str(question.claimed_by))
        question.claimed_by = by
        question.claimed_until = timezone.now() + timedelta(minutes=settings.PEERLOOP.CLAIM_MINUTES)
        return ("claimed_by", "claimed_until")

    return _tell(revise(ChatMessage, question_id, change))


@transaction.atomic
def release_question(*, question_id: UUID, by: User) -> ChatMessage:
    """Take one's claim back. Without a claim of one's own it changes nothing. Raises MessageNotThere."""

    def change(question: ChatMessage) -> Sequence[str]:
        if question.claimed_by_id != by.pk:
            return ()
        question.claimed_by = question.claimed_until = None
        return ("claimed_by", "claimed_until")

    return _tell(revise(ChatMessage, question_id, change))


def _check_here(message: ChatMessage, by: User) -> None:
    if (by.pk, message.room_id) not in participants_among([by.pk], [message.room_id]):
        raise NotEnrolled
    if message.is_gone:
        raise MessageNotThere


def _tell(message: ChatMessage) -> ChatMessage:
    tell_changed(message)
    tell_queue(message.room_id)
    return message
