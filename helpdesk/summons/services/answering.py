"""A helper accepts. Of many at once the database lets exactly one through."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.analytics.services import track
from peerloop.core.entities.prepared import Written, prepared_update

from ...sessions.services.lifecycle import open_session
from ..errors import Cooldown, SummonsNotThere
from ..models import HelpSummons, SummonsOffer
from ..permissions import check_may_accept, why_over
from ..queries import offered
from .telling import tell_matched
from .told import note_answer


def accept_summons(*, summons_id: UUID, by: User) -> HelpSummons:
    """Answer a summons that waits and open its session. Whoever won it gets it again by accepting again.

    Raises SummonsNotThere, SummonOff, OwnSummons, NotYourCourse, AlreadyTaken, Cancelled, Expired, Cooldown,
    HelperBusy, StudentBusy; then nothing has changed.
    """
    summons = offered(summons_id, by)
    if summons is None:
        raise SummonsNotThere
    check_may_accept(by, summons, teaches=summons.teaches)
    # Most of many at once come too late: they hear so before anything is written.
    if summons.is_pending and _accept(summons, by):
        return summons
    over = HelpSummons.objects.with_all().get(pk=summons_id) if summons.is_pending else summons
    if not (over.is_accepted and over.responder_id == by.pk):
        raise why_over(over)
    return over


@transaction.atomic
def _accept(summons: HelpSummons, by: User) -> bool:
    """Take it and open its session, unless somebody was faster; what is refused undoes the taking."""
    now = timezone.now()
    # One conditional write decides, whoever else accepts, cancels or lets it expire at the same moment.
    if not _take(summons.pk, by.pk, now):
        return False
    if summons.rests:
        raise Cooldown
    summons.status, summons.responder, summons.accepted_at = HelpSummons.Status.ACCEPTED, by, now
    tell_matched(summons)  # the first thing after the commit: somebody is waiting for it
    # Under the id that the summons already names.
    summons.session = open_session(
        session_id=summons.pk, student=summons.student, helper=by, course=summons.course, by=by
    )
    note_answer(summons, by, SummonsOffer.Answer.ACCEPTED)
    track("summon_connected", user=summons.student, helper_id=by.pk, wait_time=summons.waited(now))
    return True


@prepared_update
def _take(summons_id: UUID, helper_id: UUID, now: datetime) -> Written:
    waiting = HelpSummons.objects.filter(pk=summons_id, status="pending", expires_at__gt=now)
    return waiting, {"status": "accepted", "responder": helper_id, "session": summons_id, "accepted_at": now}
