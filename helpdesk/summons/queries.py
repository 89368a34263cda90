"""Reads of summons: who could help, what waits for whom."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from courses.models import Course, StudentTeacher
from peerloop.core.accounts.models import User
from peerloop.core.presence.leases import EVERYWHERE, online

from ..sessions.models import HelpSession
from ..sessions.queries import busy, helped_today, rests_from, rests_with
from .models import HelperLimits, HelpSummons, SummonsOffer


def available_ids(course_id: UUID) -> set[UUID]:
    """Who could be summoned in the course by anybody: certified, switched on, here now, not busy and not at rest.

    One query; a second one if some of them have a daily cap.
    """
    here = online(EVERYWHERE)
    return {helper.pk for helper in not_at_rest([each for each in _willing(course_id) if each.pk in here])}


def available_helpers(course: Course, student: User) -> list[User]:
    """Who `student` can summon now, by name: the same, without the student and those under cooldown."""
    here = online(EVERYWHERE)
    willing = _willing(course.pk).exclude(pk=student.pk).exclude(rests_from(student)).order_by("name", "pk")
    return not_at_rest([helper for helper in willing if helper.pk in here])


def not_at_rest(helpers: Iterable[User]) -> list[User]:
    """Those of `helpers`, read with their limits, whom neither quiet hours nor their daily cap keep from being called.

    No query; one if some of them have a daily cap.
    """
    now = timezone.now()
    awake = [each for each in helpers if not is_quiet(each, now)]
    capped = [each for each in awake if cap_of(each)]
    done = helped_today(capped) if capped else {}
    return [each for each in awake if not cap_of(each) or done[each.pk] < cap_of(each)]


def is_quiet(helper: User, now: datetime) -> bool:
    limits = limits_of(helper)
    return limits is not None and limits.is_quiet(now.astimezone(ZoneInfo(helper.time_zone)).time())


def cap_of(helper: User) -> int:
    """After how many sessions a day `helper` is called no more; 0 for no limit."""
    limits = limits_of(helper)
    return (limits and limits.daily_cap) or 0


def limits_of(helper: User) -> HelperLimits | None:
    return getattr(helper, "help_limits", None)


def current_summons(student: User) -> HelpSummons | None:
    """The summons of `student` that waits or is connected. One query."""
    return HelpSummons.objects.open().with_all().filter(student=student).first()


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


def waiting_in(course_id: UUID) -> list[HelpSummons]:
    """The summons of a course that wait, with their students. One query."""
    return list(HelpSummons.objects.pending().filter(course=course_id).select_related("student", "course"))


def courses_that_wait() -> list[UUID]:
    """The courses in which somebody waits for a helper. One query."""
    return list(HelpSummons.objects.pending().order_by().values_list("course_id", flat=True).distinct())


def untold(summons: HelpSummons, helpers: list[User]) -> list[User]:
    """Those of `helpers` who were neither told of the summons nor dismissed it. One query."""
    told = set(SummonsOffer.objects.filter(summons=summons).values_list("helper", flat=True))
    return [helper for helper in helpers if helper.pk not in told]


def best_first(helpers: list[User]) -> list[User]:
    """Who should be asked first: the least busy of the last day, and of these who has been idle the longest. One query.

    Idle is who was not told of a summons; who never was comes before everybody else.
    """
    ids = [helper.pk for helper in helpers]
    rows = User.objects.filter(pk__in=ids).order_by().values_list("pk", _sessions_of_the_day(), _latest_call())
    load = {pk: (count, called_at.timestamp() if called_at else 0.0) for pk, count, called_at in rows}
    return sorted(helpers, key=lambda helper: load[helper.pk])


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
    return people.exclude(busy()).select_related("help_limits")
