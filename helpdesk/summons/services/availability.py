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
from ..queries import available_helpers, available_ids, courses_that_wait, waiting_in


def key(course_id: UUID) -> str:
    return f"help_available:{course_id}"


def refresh_available(course_id: UUID) -> bool:
    """Bring the set of a course up to date and tell open modals if it changed; whether it did.

    Of two at once the one that read first starts over, so that the later truth stays. Nothing happens while Redis is
    away: who may be summoned is read from the database.
    """
    swap: Any = partial(_swap, course_id)
    try:
        changed = bool(client().transaction(swap, key(course_id), value_from_callable=True))
    except RedisError:
        return False
    if changed:
        tell_available(course_id)
    return changed


def refresh_courses_of(*helpers: UUID) -> None:
    """The same for every course in which these people are certified. Others cost one query."""
    rows = StudentTeacher.objects.filter(user__in=helpers)
    for course_id in rows.order_by().values_list("course_id", flat=True).distinct():
        refresh_available(course_id)


def refresh_waiting() -> None:
    """The same for every course in which somebody waits: a killed server takes its helpers along without a word."""
    for course_id in courses_that_wait():
        refresh_available(course_id)


def tell_available(course_id: UUID) -> None:
    """Tell open modals how many can be summoned, and each student who waits how many could accept."""
    count = len(available_ids(course_id))
    publish(events.CourseCount(course_id=course_id, count=count), to=events.course(course_id))
    for summons in waiting_in(course_id):
        count = len(available_helpers(summons.course, summons.student))
        publish(events.WaitingCount(count=count), to=session(summons.pk))


def _swap(course_id: UUID, pipe: Pipeline) -> bool:
    before = set(pipe.smembers(key(course_id)))
    now = {str(user_id) for user_id in available_ids(course_id)}
    pipe.multi()
    for gone in before - now:
        pipe.srem(key(course_id), gone)
    for new in now - before:
        pipe.sadd(key(course_id), new)
    return now != before
