"""A student calls for help, and the call ends without a helper: cancelled, or nobody came in time."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from courses.models import Course, Module
from peerloop.core.accounts.models import User
from peerloop.core.analytics.services import track
from peerloop.core.conversations.errors import ForbiddenCharacters
from peerloop.core.conversations.log import clean
from peerloop.core.conversations.services import UNSEEN, muted_refusal
from peerloop.core.entities.rows import insert_new
from peerloop.core.errors import NotThere
from peerloop.core.limits import at_most

from .. import events, signals, tasks
from ..errors import ModuleNotInCourse, NotPending, QuestionTooLong, SummonsNotThere
from ..expectations import expected_seconds
from ..models import MESSAGE_CHARACTERS, HelpSummons
from ..permissions import can_cancel, check_may_summon
from ..queries import Caller, available_ids_for, caller, current_summons, nobody_because
from .telling import tell_over
from .waves import first_wave, time_of_the_next


@transaction.atomic
def request_help(*, course_id: UUID, by: User, module_id: UUID | None = None, message: str = "") -> HelpSummons:
    """Call every helper of the course whom `by` can have now, for PEERLOOP.SUMMON_SECONDS.

    While a summons of `by` waits or is connected, that one is returned and nothing changes. Raises SummonOff,
    EnrolFirst, NotThere, ModuleNotInCourse, QuestionTooLong, ForbiddenCharacters, Muted, NoHelpers or, while Redis is
    away, HelpersUnknown (nothing is stored then) and TooFast (more than PEERLOOP.SUMMONS_AN_HOUR).
    """
    course, is_calling, muted_until = _caller(course_id, by)
    if is_calling and (standing := current_summons(by)):
        return standing
    module, text = _module(course, module_id), _text(message, muted_until)
    helper_ids = available_ids_for(course_id, by.pk)
    if not helper_ids:
        raise nobody_because()
    summons = _summons(course, module, text, by, len(helper_ids))
    if not insert_new([summons]):  # pressed twice at once: the other press has stored it
        return HelpSummons.objects.open().with_all().get(student=by)
    # Counted once stored: ten presses at once are one call. A refusal undoes it.
    at_most("summon", by.pk, times=settings.PEERLOOP.SUMMONS_AN_HOUR, seconds=3600)
    first_wave(summons, helper_ids, student_teaches=course.certified)  # the first thing told after the commit
    _follow_up(summons)
    return summons


@transaction.atomic
def cancel_summons(*, summons_id: UUID, by: User) -> HelpSummons:
    """Stop waiting. Cancelling what is cancelled changes nothing. Raises SummonsNotThere, NotPending."""
    summons = HelpSummons.objects.with_all().filter(pk=summons_id).first()
    if summons is None or not can_cancel(by, summons):
        raise SummonsNotThere
    now = timezone.now()
    if HelpSummons.objects.filter(pk=summons_id, status="pending").update(status="cancelled", closed_at=now):
        track("summon_cancelled", user=summons.student, wait_time=summons.waited(now))
        tell_over(summons, events.SummonsCancelled())
    summons.refresh_from_db()
    if summons.status != HelpSummons.Status.CANCELLED:
        raise NotPending
    return summons


@transaction.atomic
def expire_summons(*, summons_id: UUID) -> bool:
    """Close a summons that nobody accepted in time; whether this call did it.

    The job, the sweep and the command all call this: before its time, or when it is closed already, nothing changes.
    """
    now = timezone.now()
    overdue = HelpSummons.objects.filter(pk=summons_id, status="pending", expires_at__lte=now)
    if not overdue.update(status="timed_out", closed_at=now):
        return False
    summons = HelpSummons.objects.with_all().get(pk=summons_id)
    track("summon_timeout", user=summons.student, wait_time=summons.waited(now))
    tell_over(summons, events.TimedOut())
    return True


def expire_due() -> int:
    """Close every summons whose time is over; returns how many this call closed."""
    ids = HelpSummons.objects.overdue().values_list("pk", flat=True)
    return sum(expire_summons(summons_id=summons_id) for summons_id in list(ids))


def _caller(course_id: UUID, by: User) -> Caller:
    found = caller(course_id, by)
    if found is None:
        raise NotThere
    check_may_summon(by, enrolled=found.course.enrolled)
    return found


def _module(course: Course, module_id: UUID | None) -> Module | None:
    if module_id is None:
        return None
    module = course.modules.filter(pk=module_id).first()
    if module is None:
        raise ModuleNotInCourse
    return module


def _text(message: str, muted_until: datetime | None) -> str:
    text = clean(message)
    if refusal := muted_refusal(muted_until):
        raise refusal
    if UNSEEN.search(text):
        raise ForbiddenCharacters
    if len(text) > MESSAGE_CHARACTERS:
        raise QuestionTooLong(length=len(text), limit=MESSAGE_CHARACTERS)
    return text


def _summons(course: Course, module: Module | None, text: str, by: User, count: int) -> HelpSummons:
    now = timezone.now()
    return HelpSummons(
        student=by,
        course=course,
        module=module,
        message=text,
        helpers_available=count,
        created_at=now,
        next_wave_at=time_of_the_next(now),
        expires_at=now + timedelta(seconds=settings.PEERLOOP.SUMMON_SECONDS),
    )


def _follow_up(summons: HelpSummons) -> None:
    # The helpers know by now. (Django names what failed: no partial.)
    transaction.on_commit(lambda: _promise(summons), robust=True)
    transaction.on_commit(partial(signals.called.send, HelpSummons, summons=summons))
    count = summons.helpers_available
    about = {"course_id": summons.course_id, "module_id": summons.module_id, "helpers_available": count}
    track("summon_initiated", user=summons.student, **about)
    track("summon_waiting", user=summons.student)
    # The broker may be away; the sweep then closes it.
    transaction.on_commit(lambda: _schedule_expiry(summons), robust=True)


def _promise(summons: HelpSummons) -> None:
    """Note how long it will probably take."""
    summons.expected_seconds = expected_seconds(summons.course_id)
    if summons.expected_seconds is not None:
        HelpSummons.objects.filter(pk=summons.pk).update(expected_seconds=summons.expected_seconds)


def _schedule_expiry(summons: HelpSummons) -> None:
    tasks.expire_summons.apply_async(args=[str(summons.pk)], eta=summons.expires_at)
