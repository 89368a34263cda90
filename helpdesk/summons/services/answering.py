"""A helper accepts. Of many at once the database lets exactly one through."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.analytics.services import track
from peerloop.core.errors import Refusal

from ...sessions.queries import is_resting
from ...sessions.services.lifecycle import open_session
from ..errors import AlreadyTaken, Cancelled, Cooldown, Expired, SummonsNotThere
from ..models import HelpSummons
from ..permissions import check_can_accept
from .telling import tell_matched


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
    accepted = HelpSummons.objects.with_all().get(pk=summons_id)
    if not (accepted.is_accepted and accepted.responder_id == by.pk):
        raise _refusal(accepted)
    return accepted


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
    wait = summons.waited(timezone.now())
    track("summon_connected", user=summons.student, helper_id=by.pk, wait_time=wait)


def _refusal(summons: HelpSummons) -> Refusal:
    if summons.status in ("accepted", "completed"):
        return AlreadyTaken()
    return Cancelled() if summons.status == "cancelled" else Expired()
