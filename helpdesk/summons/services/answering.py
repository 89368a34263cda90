"""A helper accepts. Of many at once the database lets exactly one through."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.analytics.services import track
from peerloop.core.errors import Refusal

from ...sessions.queries import is_resting
from ...sessions.services.lifecycle import open_session
from ..errors import Cooldown, SummonsNotThere
from ..models import HelpSummons, SummonsOffer
from ..permissions import check_can_accept, why_over
from .telling import tell_matched
from .told import note_answer


@transaction.atomic
def accept_summons(*, summons_id: UUID, by: User) -> HelpSummons:
    """Answer a summons that waits and open its session. Whoever won it gets it again by accepting again.

    Raises SummonsNotThere, SummonOff, OwnSummons, NotYourCourse, AlreadyTaken, Cancelled, Expired, Cooldown,
    HelperBusy, StudentBusy; then nothing has changed.
    """
    summons = HelpSummons.objects.select_related("student", "course").filter(pk=summons_id).first()
    if summons is None:
        raise SummonsNotThere
    check_can_accept(by, summons)
    if _take(summons_id, by):
        summons.responder = by
        _connect(summons, by)
    elif refusal := _refusal(summons_id, by):
        raise refusal
    return HelpSummons.objects.with_all().get(pk=summons_id)


def _refusal(summons_id: UUID, by: User) -> Refusal | None:
    """Why a summons that does not wait any more is not for `by`; None if `by` has accepted it before."""
    over = HelpSummons.objects.only("status", "responder").get(pk=summons_id)
    return None if over.is_accepted and over.responder_id == by.pk else why_over(over)


def _take(summons_id: UUID, by: User) -> bool:
    """One conditional write decides, whoever else accepts, cancels or lets it expire at the same moment."""
    now = timezone.now()
    waiting = HelpSummons.objects.filter(pk=summons_id, status="pending", expires_at__gt=now)
    return bool(waiting.update(status="accepted", responder=by, session=summons_id, accepted_at=now))


def _connect(summons: HelpSummons, by: User) -> None:
    """Open the session under the id that the summons already names; a refusal undoes the taking."""
    if is_resting(summons.student, by):
        raise Cooldown
    tell_matched(summons)  # the first thing after the commit: somebody is waiting for it
    open_session(session_id=summons.pk, student=summons.student, helper=by, course=summons.course, by=by)
    note_answer(summons, by, SummonsOffer.Answer.ACCEPTED)
    wait = summons.waited(timezone.now())
    track("summon_connected", user=summons.student, helper_id=by.pk, wait_time=wait)
