""" "This Helped!": the chat's reason to give points, as the goodwill ledger asks for it."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from courses.models import Course
from goodwill.models import Transaction
from goodwill.reasons import Reason
from goodwill.services import award_points
from peerloop.core.accounts.models import User
from peerloop.core.analytics.services import track
from peerloop.core.conversations.errors import MessageNotThere
from peerloop.core.conversations.services import revise
from peerloop.core.realtime.services import publish

from .. import events
from ..errors import OnlyAnswers
from ..models import ChatMessage
from ..permissions import can_award, check_can_enter
from .telling import tell_changed


def thank(*, message_id: UUID, by: User, points: int | None = None) -> Transaction:
    """Give points for an answer; the default number when `points` is None.

    Raises MessageNotThere and what awards raise.
    """
    answer = ChatMessage.objects.filter(pk=message_id).first()
    if answer is None:
        raise MessageNotThere
    return award_points(
        by=by, recipient_id=answer.author_id, points=points, reason=CHAT_HELP.name, reference_id=message_id
    )


def check(by: User, recipient_id: UUID, points: int, message_id: UUID) -> None:
    """Raises unless `message_id` is an answer by `recipient_id` that `by` can see and may thank."""
    answer = ChatMessage.objects.select_related("reply_to").filter(pk=message_id).first()
    if answer is None or answer.is_gone or answer.author_id != recipient_id:
        raise MessageNotThere
    check_can_enter(by, Course(pk=answer.room_id))
    if not can_award(by, answer):
        raise OnlyAnswers


def awarded(award: Transaction) -> None:
    """Show the thanks under the answer and close the loop of its question. Runs in the award's own transaction."""
    answer = revise(ChatMessage, award.reference_id, partial(_note, award))
    if answer.reply_to_id:
        question = revise(ChatMessage, answer.reply_to_id, _help)
        tell_changed(question)
    tell_changed(answer)
    event = events.PointsAwarded(
        message_id=answer.pk, from_user_id=award.from_user_id, to_user_id=award.to_user_id, points=award.points
    )
    publish(event, to=events.room(answer.room_id))
    track("points_awarded", user=award.from_user, points=award.points, recipient_id=award.to_user_id)


def _note(award: Transaction, answer: ChatMessage) -> Sequence[str]:
    answer.thanks.append({"from": str(award.from_user_id), "points": award.points})
    return ("thanks",)


def _help(question: ChatMessage) -> Sequence[str]:
    if question.helped_at or not question.is_question:
        return ()
    question.helped_at = timezone.now()
    return ("helped_at",)


def target(message_id: UUID) -> str:
    return reverse("chat_message", args=[message_id])


CHAT_HELP = Reason(
    name="chat_help",
    label="An answer in Course Chat",
    least=1,
    most=settings.PEERLOOP.CHAT_AWARD_MAX,
    default=settings.PEERLOOP.CHAT_AWARD_DEFAULT,
    check=check,
    awarded=awarded,
    target=target,
    earn="Answer questions in a course's chat. Whoever your answer helped can thank you with 1 to 25 points.",
)
