"""A session that two people had agreed on opens without a call."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from courses.models import Course, Module
from peerloop.core.accounts.models import User
from peerloop.core.flags.permissions import can_access

from ...sessions.errors import StudentBusy
from ...sessions.services.lifecycle import open_session
from ..errors import SummonOff
from ..models import HelpSummons


@transaction.atomic
def connect_booked(
    *, course: Course, student: User, helper: User, message: str, by: User, module: Module | None = None
) -> HelpSummons:
    """Open a session of the two as a summons that is answered as it is made; nobody waits, so it waits no time.

    Each call opens another one. Raises SummonOff, HelperBusy, StudentBusy (in a session, or calling for help now).
    """
    if not can_access(by, "summon_help"):
        raise SummonOff
    if HelpSummons.objects.open().filter(student=student).exists():
        raise StudentBusy
    key = uuid7()
    session = open_session(session_id=key, student=student, helper=helper, course=course, by=by)
    summons = _answered(key, course=course, module=module, student=student, responder=helper, message=message)
    summons.session = session
    try:
        with transaction.atomic():
            summons.save(force_insert=True)
    except IntegrityError:  # the student has called in this moment
        raise StudentBusy from None
    return summons


def _answered(key: UUID, **fields: object) -> HelpSummons:
    now = timezone.now()
    times = dict.fromkeys(("created_at", "expires_at", "accepted_at"), now)
    return HelpSummons(pk=key, status=HelpSummons.Status.ACCEPTED, helpers_available=1, **times, **fields)
