"""The summons' reason to give points, as the goodwill ledger asks for it."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from goodwill.models import Transaction
from goodwill.reasons import Reason
from peerloop.core.accounts.models import User
from peerloop.core.analytics.services import track

from ..errors import NotOverYet, NotYourHelper, SummonsNotThere, TooShort
from ..models import HelpSummons, minimum_seconds


def check(by: User, recipient_id: UUID, points: int, summons_id: UUID) -> None:
    """Raises unless `summons_id` is a completed summons of `by` that `recipient_id` answered, long enough."""
    summons = HelpSummons.objects.with_all().filter(pk=summons_id, student=by).first()
    if summons is None:
        raise SummonsNotThere
    if not summons.is_completed:
        raise NotOverYet
    if summons.responder_id != recipient_id:
        raise NotYourHelper
    if not summons.is_eligible:
        raise TooShort(minutes=minimum_seconds() // 60)


def awarded(award: Transaction) -> None:
    track("points_awarded", user=award.from_user, points=award.points, helper_id=award.to_user_id)


def target(summons_id: UUID) -> str:
    return reverse("summon_session", args=[summons_id])


SUMMON_HELP = Reason(
    name="summon_help",
    label="Help in a live session",
    least=settings.PEERLOOP.SUMMON_AWARD_MIN,
    most=settings.PEERLOOP.SUMMON_AWARD_MAX,
    default=settings.PEERLOOP.SUMMON_AWARD_DEFAULT,
    check=check,
    awarded=awarded,
    target=target,
    earn="Answer when a student summons help. A session of at least 5 minutes can be thanked with 10 to 25 points.",
)
