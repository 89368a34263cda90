"""Reads of summons: who could help, what waits for whom."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from courses.models import Course, StudentTeacher
from peerloop.core.accounts.models import User
from peerloop.core.entities.prepared import prepared
from peerloop.core.presence.leases import EVERYWHERE, is_known, online

from ..sessions.models import HelpSession
from ..sessions.queries import busy, cooldown_start, helped_today, recently_ended, rests_from, rests_with
from .errors import HelpersUnknown, NoHelpers
from .models import HelperLimits, HelpSummons, SummonsOffer


class Candidate(NamedTuple):
    """Of somebody who might be called, what decides whether they are."""

    pk: UUID
    time_zone: str
    help_limits: HelperLimits | None


Helper = TypeVar("Helper", User, Candidate)
# The columns of DECISIVE.
Row = tuple[UUID, str, int | None, time | None, time | None]


def available_ids(course_id: UUID) -> set[UUID]:
    """Who could be summoned in the course by anybody: certified, switched on, here now, not busy and not at rest.

    One query; a second one if some of them have a daily cap.
    """
    return {each.pk for each in not_at_rest(_here(_candidates(course_id)))}


def available_ids_for(course_id: UUID, student_id: UUID) -> list[UUID]:
    """Whom this student can summon now: the same, without the student and those under cooldown."""
    return [each.pk for each in not_at_rest(_here(_candidates_for(course_id, student_id, cooldown_start())))]


def away_ids_for(course_id: UUID, student_id: UUID) -> list[UUID]:
    """Who could be summoned by this student if they had a page open: switched on, not busy and not at rest.

    One query; a second one if some of them have a daily cap.
    """
    return [each.pk for each in not_at_rest(_away(_candidates_for(course_id, student_id, cooldown_start())))]


def available_helpers(course: Course, student: User) -> list[User]:
    """The same as people, by name."""
    here = online(EVERYWHERE)
    willing = _willing_for(course.pk, student.pk, cooldown_start()).select_related("help_limits")
    return not_at_rest([helper for helper in willing.order_by("name", "pk") if helper.pk in here])


def nobody_because() -> NoHelpers:
    """Why nobody can be summoned now: nobody is there, or who is there cannot be known. No query."""
    return NoHelpers() if is_known() else HelpersUnknown()


def available_counts(students: Iterable[UUID], helpers: set[UUID]) -> dict[UUID, int]:
    """How many of `helpers`, who could be summoned by anybody, each of these students could summon. One query."""
    waiting = list(students)
    pairs = HelpSession.objects.filter(recently_ended(), student__in=waiting, helper__in=helpers)
    resting = set(pairs.values_list("student_id", "helper_id"))
    return {student: sum(each != student and (student, each) not in resting for each in helpers) for student in waiting}


def not_at_rest(helpers: Iterable[Helper]) -> list[Helper]:
    """Those of `helpers`, read with their limits, whom neither quiet hours nor their daily cap keep from being called.

    No query; one if some of them have a daily cap.
    """
    now = timezone.now()
    awake = [each for each in helpers if not is_quiet(each, now)]
    capped = [each for each in awake if cap_of(each)]
    done = helped_today(capped) if capped else {}
    return [each for each in awake if not cap_of(each) or done[each.pk] < cap_of(each)]


def is_quiet(helper: User | Candidate, now: datetime) -> bool:
    limits = limits_of(helper)
    return limits is not None and limits.is_quiet(now.astimezone(ZoneInfo(helper.time_zone)).time())


def cap_of(helper: User | Candidate) -> int:
    """After how many sessions a day `helper` is called no more; 0 for no limit."""
    limits = limits_of(helper)
    return (limits and limits.daily_cap) or 0


def limits_of(helper: User | Candidate) -> HelperLimits | None:
    return getattr(helper, "help_limits", None)


def current_summons(student: User) -> HelpSummons | None:
    """The summons of `student` that waits or is connected. One query."""
    return next(iter(_current_of(student.pk)), None)


class Caller(NamedTuple):
    """Somebody who would like to call for help in a course."""

    course: Course
    """With `enrolled` and `certified`: what they are in it."""
    is_calling: bool
    """Whether a summons of theirs waits or is connected, here or in another course."""
    muted_until: datetime | None


def caller(course_id: UUID, user: User) -> Caller | None:
    """`user` as they are now, if they see the course. One query."""
    found = _course_for(course_id, user.pk, is_staff=user.is_staff, is_active=user.is_active)
    return next((Caller(each, each.is_calling, each.muted_until) for each in found), None)


def offered(summons_id: UUID, helper: User) -> HelpSummons | None:
    """A summons, with whether `helper` `teaches` its course and `rests` from its student. One query."""
    return next(iter(_offered(summons_id, helper.pk, cooldown_start())), None)


def incoming(helper: User) -> list[HelpSummons]:
    """The summons that `helper` may accept now and has not dismissed, the longest waiting first. One query.

    Of one that goes out in waves only those hear whose wave has come.
    """
    mine = StudentTeacher.objects.filter(course=OuterRef("course"), user=helper)
    own = SummonsOffer.objects.filter(summons=OuterRef("pk"), helper=helper)
    heard = Q(next_wave_at=None) | Exists(own)
    waiting = HelpSummons.objects.pending().filter(heard, Exists(mine), ~Exists(own.filter(answer="declined")))
    waiting = waiting.exclude(student=helper)
    return list(waiting.exclude(rests_with(helper, student="student")).with_all().order_by("created_at"))


def waiting_in(course_id: UUID) -> dict[UUID, UUID]:
    """The summons of a course that wait, and the student of each. One query."""
    return dict(HelpSummons.objects.pending().filter(course=course_id).values_list("pk", "student"))


def courses_that_wait() -> list[UUID]:
    """The courses in which somebody waits for a helper. One query."""
    return list(HelpSummons.objects.pending().order_by().values_list("course_id", flat=True).distinct())


def untold(summons: HelpSummons, helper_ids: list[UUID]) -> list[UUID]:
    """Those of the helpers who were neither told of the summons nor dismissed it. One query."""
    told = set(SummonsOffer.objects.filter(summons=summons).values_list("helper", flat=True))
    return [each for each in helper_ids if each not in told]


def of_this_wave(summons: HelpSummons, helper_ids: list[UUID]) -> list[UUID]:
    """Those of the helpers who hear now of a summons that goes out in waves; otherwise all. No query, or one."""
    if summons.next_wave_at is None:
        return helper_ids
    return best_first(helper_ids)[: settings.PEERLOOP.SUMMON_WAVE_SIZE * 2 ** (summons.waves - 1)]


def best_first(helper_ids: list[UUID]) -> list[UUID]:
    """Who should be asked first: the least busy of the last day, and of these who has been idle the longest. One query.

    Idle is who was not told of a summons; who never was comes before everybody else.
    """
    rows = User.objects.filter(pk__in=helper_ids).order_by().values_list("pk", _sessions_of_the_day(), _latest_call())
    load = {pk: (count, called_at.timestamp() if called_at else 0.0) for pk, count, called_at in rows}
    return sorted(helper_ids, key=lambda each: load[each])


def _sessions_of_the_day() -> Any:
    """Of a person in the outer query: the number of sessions as helper that began within 24 hours."""
    since = timezone.now() - timedelta(days=1)
    own = HelpSession.objects.filter(helper=OuterRef("pk"), started_at__gt=since).order_by().values("helper")
    return Coalesce(Subquery(own.annotate(count=Count("pk")).values("count")), 0)


def _latest_call() -> Any:
    """Of a person in the outer query: when they were last told of a summons."""
    own = SummonsOffer.objects.filter(helper=OuterRef("pk")).order_by("-created_at")
    return Subquery(own.values("created_at")[:1])


def _willing(course_id: UUID) -> QuerySet[User]:
    people = User.objects.people().filter(certifications__course=course_id, availability__is_available=True)
    return people.exclude(busy())


def _willing_for(course_id: UUID, student_id: UUID, since: datetime) -> QuerySet[User]:
    return _willing(course_id).exclude(pk=student_id).exclude(rests_from(student_id, since=since))


def _here(rows: Iterable[Row]) -> list[Candidate]:
    """Those of the candidates who have a page open."""
    here = online(EVERYWHERE)
    return [_candidate(row) for row in rows if row[0] in here]


def _away(rows: Iterable[Row]) -> list[Candidate]:
    here = online(EVERYWHERE)
    return [_candidate(row) for row in rows if row[0] not in here]


def _candidate(row: Row) -> Candidate:
    return Candidate(row[0], row[1], _limits(*row[2:]))


def _limits(daily_cap: int | None, quiet_from: time | None, quiet_until: time | None) -> HelperLimits | None:
    if not (daily_cap or quiet_from):
        return None
    return HelperLimits(daily_cap=daily_cap, quiet_from=quiet_from, quiet_until=quiet_until)


# What is asked for every call and every acceptance, compiled once.
DECISIVE = ("pk", "time_zone", *(f"help_limits__{each}" for each in ("daily_cap", "quiet_from", "quiet_until")))


@prepared
def _candidates(course_id: UUID) -> QuerySet[User, Any]:
    return _willing(course_id).values_list(*DECISIVE)


@prepared
def _candidates_for(course_id: UUID, student_id: UUID, since: datetime) -> QuerySet[User, Any]:
    return _willing_for(course_id, student_id, since).values_list(*DECISIVE)


@prepared
def _current_of(student_id: UUID) -> QuerySet[HelpSummons]:
    return HelpSummons.objects.open().with_all().filter(student=student_id)


@prepared
def _course_for(course_id: UUID, user_id: UUID, *, is_staff: bool, is_active: bool) -> QuerySet[Course]:
    user = User(pk=user_id, is_staff=is_staff, is_active=is_active)
    courses = Course.objects.visible_to(user).with_part_of(user).defer("description", "html")
    is_calling = Exists(HelpSummons.objects.open().filter(student=user_id))
    muted_until = Subquery(User.objects.filter(pk=user_id).values("muted_until"))
    return courses.filter(pk=course_id).annotate(is_calling=is_calling, muted_until=muted_until)


@prepared
def _offered(summons_id: UUID, helper_id: UUID, since: datetime) -> QuerySet[HelpSummons]:
    certified = StudentTeacher.objects.filter(course=OuterRef("course"), user=helper_id)
    rests = rests_with(helper_id, student="student", since=since)
    summons = HelpSummons.objects.select_related("student", "course").defer("course__description", "course__html")
    return summons.filter(pk=summons_id).annotate(teaches=Exists(certified), rests=rests)  # type: ignore[no-redef]
