"""The set of helpers who could be summoned in a course, kept in Redis, and who hears when it changes."""

from functools import partial
from typing import Any
from uuid import UUID

from redis.client import Pipeline
from redis.exceptions import RedisError

from courses.models import StudentTeacher
from peerloop.core.realtime.bus import client
from peerloop.core.realtime.services import publish

from ...sessions.events import session
from .. import events
from ..queries import available_counts, available_ids, courses_that_wait, waiting_in


def key(course_id: UUID) -> str:
    return f"help_available:{course_id}"


def refresh_available(course_id: UUID) -> bool:
    """Bring the set of a course up to date and tell open modals if it changed; whether it did.

    Of two at once the one that read first starts over, so that the later truth stays. Nothing happens while Redis is
    away: who may be summoned is read from the database.
    """
    swap: Any = partial(_swap, course_id)
    try:
        both: Any = client().transaction(swap, key(course_id), value_from_callable=True)
    except RedisError:
        return False
    before, now = both
    if now != before:
        tell_available(course_id, now)
    return bool(now != before)


def refresh_courses_of(*helpers: UUID) -> None:
    """The same for every course in which these people are certified. Others cost one query."""
    rows = StudentTeacher.objects.filter(user__in=helpers)
    for course_id in rows.order_by().values_list("course_id", flat=True).distinct():
        refresh_available(course_id)


def refresh_waiting() -> None:
    """The same for every course in which somebody waits: a killed server takes its helpers along without a word."""
    for course_id in courses_that_wait():
        refresh_available(course_id)


def tell_available(course_id: UUID, helpers: set[UUID]) -> None:
    """Tell open modals how many can be summoned, and each student who waits how many of them could accept."""
    publish(events.CourseCount(course_id=course_id, count=len(helpers)), to=events.course(course_id))
    waiting = waiting_in(course_id)
    counts = available_counts(waiting.values(), helpers) if waiting else {}
    for summons_id, student_id in waiting.items():
        publish(events.WaitingCount(count=counts[student_id]), to=session(summons_id))


def _swap(course_id: UUID, pipe: Pipeline) -> tuple[set[UUID], set[UUID]]:
    before = {UUID(str(each)) for each in pipe.smembers(key(course_id))}
    now = available_ids(course_id)
    pipe.multi()
    if before - now:
        pipe.srem(key(course_id), *map(str, before - now))
    if now - before:
        pipe.sadd(key(course_id), *map(str, now - before))
    return before, now
