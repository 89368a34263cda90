"""A session opens, begins and ends; in between its helper may be gone for a while."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from courses.models import Course
from peerloop.core.accounts.models import User
from peerloop.core.entities.rows import insert_new
from peerloop.core.realtime.services import publish

from .. import events, signals
from ..errors import HelperBusy, NotInSession, SessionNotThere, SessionOver, StudentBusy
from ..models import HelperRecord, HelpSession
from ..permissions import can_end, can_start


def open_session(
    *,
    session_id: UUID,
    student: User,
    helper: User,
    course: Course | None,
    by: User,
    status: HelpSession.Status = HelpSession.Status.ACTIVE,
    customer_join_url: str = "",
) -> HelpSession:
    """Open a session of the two: active at once, with the id of what it came of, or waiting until it is started.

    Not to be called twice for one id. Raises HelperBusy or StudentBusy while either is in another session; of two at
    once, the database lets one pass.
    """
    session = HelpSession(
        pk=session_id, student=student, helper=helper, course=course, customer_join_url=customer_join_url
    )
    if status == HelpSession.Status.ACTIVE:
        _begin(session)
    if not insert_new([session]):
        raise _refusal(helper)
    transaction.on_commit(partial(signals.session_opened.send, HelpSession, session=session))
    return session


@transaction.atomic
def start_session(*, session_id: UUID, by: User) -> HelpSession:
    """Its helper starts a session that waits. Starting it again changes nothing.

    Raises SessionNotThere, NotInSession, SessionOver.
    """
    session = _locked(session_id)
    if not can_start(by, session):
        raise NotInSession
    if session.is_over:
        raise SessionOver
    if session.status == HelpSession.Status.WAITING:
        _begin(session)
        session.save(update_fields=["status", "started_at", "helper_left_at"])
    return session


@transaction.atomic
def end_session(
    *, session_id: UUID, by: User, at: datetime | None = None, outcome: str = "", notes: str = ""
) -> HelpSession:
    """End it now, or as of `at` (not before its start) when it was abandoned then. The duration is the server's.

    `outcome` and `notes` are what the helper of a paid one says of it; a session that never started has neither, nor a
    duration. The first end counts: a second one returns the session as it was ended. Raises SessionNotThere,
    NotInSession.
    """
    session = _locked(session_id)
    if not can_end(by, session):
        raise NotInSession
    if not session.is_over:
        if session.is_active:
            session.outcome, session.notes = outcome, notes
        _end(session, by, at or timezone.now())
    return session


def _locked(session_id: UUID) -> HelpSession:
    session = HelpSession.objects.select_for_update().filter(pk=session_id).first()
    if session is None:
        raise SessionNotThere
    return session


def _begin(session: HelpSession) -> None:
    now = timezone.now()
    session.status, session.started_at = HelpSession.Status.ACTIVE, now
    # The helper counts as absent until the first connection: who accepts and never comes is noticed too.
    session.helper_left_at = now


def _end(session: HelpSession, by: User, at: datetime) -> None:
    started = session.started_at
    session.status = HelpSession.Status.ENDED
    session.ended_at = max(at, started) if started else at
    session.duration = int((session.ended_at - started).total_seconds()) if started else None
    session.ended_by = session.party(by) or HelpSession.Party.SYSTEM
    session.save(update_fields=["status", "ended_at", "duration", "ended_by", "outcome", "notes"])
    if started:
        _raise_completed(session.helper_id, session.ended_at)
    publish(events.SessionEnded(duration=session.seconds), to=events.session(session.pk))
    transaction.on_commit(partial(signals.session_ended.send, HelpSession, session=session))


def _raise_completed(helper_id: UUID, at: datetime) -> None:
    """In the transaction that ends the session, which happens once: so is this."""
    HelperRecord.objects.get_or_create(user_id=helper_id)
    own = HelperRecord.objects.filter(user=helper_id)
    own.update(completed_sessions=F("completed_sessions") + 1, updated_at=at)


def _refusal(helper: User) -> HelperBusy | StudentBusy:
    is_busy = HelpSession.objects.live().filter(helper=helper).exists()
    return HelperBusy() if is_busy else StudentBusy()
