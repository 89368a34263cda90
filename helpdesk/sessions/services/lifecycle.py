"""A session opens and ends; in between its helper may be gone for a while."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from courses.models import Course
from peerloop.core.accounts.models import User
from peerloop.core.realtime.services import publish

from .. import events, signals
from ..errors import HelperBusy, NotInSession, SessionNotThere, StudentBusy
from ..models import HelperRecord, HelpSession
from ..permissions import can_end


@transaction.atomic
def open_session(*, session_id: UUID, student: User, helper: User, course: Course | None, by: User) -> HelpSession:
    """Start an active session of the two with the id of what it came of. Not to be called twice for one id.

    Raises HelperBusy or StudentBusy while either is in another session; of two at once, the database lets one pass.
    """
    now = timezone.now()
    # The helper counts as absent until the first connection: who accepts and never comes is noticed too.
    session = HelpSession(
        pk=session_id,
        student=student,
        helper=helper,
        course=course,
        status=HelpSession.Status.ACTIVE,
        started_at=now,
        helper_left_at=now,
    )
    try:
        with transaction.atomic():
            session.save(force_insert=True)
    except IntegrityError:
        raise _refusal(helper) from None
    transaction.on_commit(partial(signals.session_opened.send, HelpSession, session=session))
    return session


@transaction.atomic
def end_session(*, session_id: UUID, by: User, at: datetime | None = None) -> HelpSession:
    """End it now, or as of `at` (not before its start) when it was abandoned then. The duration is the server's.

    The first end counts: a second one returns the session as it was ended. Raises SessionNotThere, NotInSession.
    """
    session = HelpSession.objects.select_for_update().filter(pk=session_id).first()
    if session is None:
        raise SessionNotThere
    if not can_end(by, session):
        raise NotInSession
    if session.status != HelpSession.Status.ENDED:
        _end(session, by, at or timezone.now())
    return session


def _end(session: HelpSession, by: User, at: datetime) -> None:
    started = session.started_at or at
    session.status = HelpSession.Status.ENDED
    session.ended_at = max(at, started)
    session.duration = int((session.ended_at - started).total_seconds())
    session.ended_by = session.party(by) or HelpSession.Party.SYSTEM
    session.save(update_fields=["status", "ended_at", "duration", "ended_by"])
    _raise_completed(session.helper_id, session.ended_at)
    publish(events.SessionEnded(duration=session.duration), to=events.session(session.pk))
    transaction.on_commit(partial(signals.session_ended.send, HelpSession, session=session))


def _raise_completed(helper_id: UUID, at: datetime) -> None:
    """In the transaction that ends the session, which happens once: so is this."""
    HelperRecord.objects.get_or_create(user_id=helper_id)
    own = HelperRecord.objects.filter(user=helper_id)
    own.update(completed_sessions=F("completed_sessions") + 1, updated_at=at)


def _refusal(helper: User) -> HelperBusy | StudentBusy:
    is_busy = HelpSession.objects.live().filter(helper=helper).exists()
    return HelperBusy() if is_busy else StudentBusy()
