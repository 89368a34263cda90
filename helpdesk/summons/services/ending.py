"""A summons that found its helper ends with its session."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import system
from peerloop.core.analytics.services import track

from ...sessions.errors import NotInSession
from ...sessions.models import HelpSession
from ...sessions.permissions import can_end
from ...sessions.services.lifecycle import end_session
from ..errors import NotConnected, NotEndedByYou, SummonsNotThere
from ..models import HelpSummons, minimum_seconds


@dataclass(frozen=True)
class Completion:
    """What came of a session: whole seconds, and whether points may thank for it."""

    duration: int
    eligible: bool
    suggested: int


@transaction.atomic
def complete_summons(
    *, summons_id: UUID, by: User, ended_by: str | None = None, duration_seconds: int | None = None
) -> Completion:
    """End the session of a summons. The first time counts; a second time answers the same and changes nothing.

    `duration_seconds` is what a client believes; the server's clock decides. Raises SummonsNotThere, NotInSession,
    NotEndedByYou (`ended_by` is another than the caller), NotConnected.
    """
    return _complete(summons_id, by, ended_by)


@transaction.atomic
def end_abandoned(*, summons_id: UUID, by: User) -> Completion:
    """End a session as of when its helper left it, or as of now. Again changes nothing. Raises as complete_summons."""
    session = HelpSession.objects.filter(pk=summons_id).first()
    return _complete(summons_id, by, at=session.helper_left_at if session else None)


def end_all_abandoned() -> int:
    """End every session whose helper has been gone for PEERLOOP.ABANDONED_MINUTES; returns how many."""
    since = timezone.now() - timedelta(minutes=settings.PEERLOOP.ABANDONED_MINUTES)
    rows = HelpSummons.objects.filter(status="accepted", session__helper_left_at__lte=since)
    ids = list(rows.values_list("pk", flat=True))
    for summons_id in ids:
        end_abandoned(summons_id=summons_id, by=system())
    return len(ids)


def _complete(summons_id: UUID, by: User, ended_by: str | None = None, at: datetime | None = None) -> Completion:
    summons = HelpSummons.objects.select_for_update(of=("self",)).with_all().filter(pk=summons_id).first()
    if summons is None:
        raise SummonsNotThere
    session = summons.session
    if session is None:
        raise NotConnected if by.pk == summons.student_id else NotInSession
    if not can_end(by, session):
        raise NotInSession
    if ended_by and ended_by != session.party(by):
        raise NotEndedByYou(party=session.party(by) or "none")
    if summons.is_accepted:
        _close(summons, by, at)
    return completion(summons)


def _close(summons: HelpSummons, by: User, at: datetime | None) -> None:
    summons.session = end_session(session_id=summons.pk, by=by, at=at)
    summons.status, summons.closed_at = HelpSummons.Status.COMPLETED, timezone.now()
    summons.save(update_fields=["status", "closed_at"])
    about = {"helper_id": summons.responder_id, "duration": summons.session.duration}
    track("summon_completed", user=summons.student, **about)


def completion(summons: HelpSummons) -> Completion:
    """What came of a completed summons, read `with_all`."""
    duration = summons.session.seconds if summons.session else 0
    suggested = settings.PEERLOOP.SUMMON_AWARD_DEFAULT
    return Completion(duration=duration, eligible=duration >= minimum_seconds(), suggested=suggested)
