"""Whether the helper is there. Short absences are nobody's business; long ones are told to the student once."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from peerloop.core.presence.leases import online
from peerloop.core.realtime.services import publish

from .. import events
from ..models import HelpSession


@transaction.atomic
def note_helper_gone(*, session_id: UUID) -> None:
    """The helper's last connection to an active session ended; from now the grace runs. Again changes nothing."""
    here = HelpSession.objects.filter(pk=session_id, status="active", helper_left_at=None)
    here.update(helper_left_at=timezone.now())


@transaction.atomic
def note_helper_back(*, session_id: UUID) -> None:
    """The helper is there, again or for the first time; the student hears of it if the absence had been told."""
    away = HelpSession.objects.filter(pk=session_id, status="active", helper_left_at__isnull=False)
    session = away.select_for_update().first()
    if session is None:
        return
    away.update(helper_left_at=None, helper_gone_at=None)
    if session.helper_gone_at:
        publish(events.HelperReturned(), to=events.seat(session.pk, session.student_id))


@transaction.atomic
def tell_if_gone(*, session_id: UUID) -> bool:
    """Tell the student that the helper has been gone beyond the grace; whether this call did. Told once an absence."""
    now = timezone.now()
    away = HelpSession.objects.filter(pk=session_id, status="active", helper_left_at__lte=now - grace())
    gone = away.filter(helper_gone_at=None)
    if not gone.update(helper_gone_at=now):
        return False
    student_id = HelpSession.objects.values_list("student_id", flat=True).get(pk=session_id)
    publish(events.HelperDisconnected(), to=events.seat(session_id, student_id))
    return True


def sweep_helpers() -> int:
    """Compare every active session with who is connected to it, and tell who is gone; returns how many were told.

    A server that was killed says nothing about its connections: their leases end by themselves and this notices.
    """
    told = 0
    for session in HelpSession.objects.filter(status="active").only("helper_id", "helper_left_at", "helper_gone_at"):
        is_here = session.helper_id in online(events.session(session.pk))
        if is_here and session.helper_left_at:
            note_helper_back(session_id=session.pk)
        elif not is_here and session.helper_left_at is None:
            note_helper_gone(session_id=session.pk)
        elif not is_here and session.helper_gone_at is None:
            told += tell_if_gone(session_id=session.pk)
    return told


def grace() -> timedelta:
    return timedelta(seconds=settings.PEERLOOP.PRESENCE_GRACE_SECONDS)
