"""Who hears of what: helpers on any page and in the bell, the student on the socket. All after commit."""

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from courses.permissions import is_certified
from courses.queries import student_teacher_ids
from peerloop.core.accounts.models import User
from peerloop.core.notifications.services import notify, withdraw
from peerloop.core.realtime import groups
from peerloop.core.realtime.services import publish

from ...sessions.events import seat, session
from .. import events
from ..models import HelpSummons

# Who cancels and calls again at once reaches the dashboards, but rings nobody's bell a second time.
SECONDS_BETWEEN_ALERTS = 60


def tell_summoned(summons: HelpSummons, helpers: Iterable[User]) -> None:
    """Show the summons to these helpers on any page, and ring their bells. The same number of queries for one or 50."""
    helpers = list(helpers)
    teaches = is_certified(summons.student, summons.course)
    event = events.summoned(summons, student_teaches=teaches)
    for helper in helpers:
        publish(event, to=groups.person(helper.pk))
    notify(
        kind="summon",
        to=_not_alerted_just_now(summons.student_id, [helper.pk for helper in helpers]),
        by=summons.student,
        description=summons.message or str(summons.module or ""),
        target=reverse("helper_dashboard"),
        key=notice_key(summons),
        data={"course": summons.course.title},
        request_id=summons.pk,
    )


def tell_matched(summons: HelpSummons) -> None:
    """Tell the student who accepted, and the helpers that it is taken."""
    publish(events.matched(summons), to=seat(summons.pk, summons.student_id))
    tell_closed(summons)


def tell_over(summons: HelpSummons, event: events.SummonsCancelled | events.TimedOut) -> None:
    """Tell the student, and the helpers, that it came to nothing."""
    publish(event, to=session(summons.pk))
    tell_closed(summons)


def tell_closed(summons: HelpSummons) -> None:
    """Take the summons off the helpers' pages and out of their bells."""
    withdraw(keys=[notice_key(summons)])
    for helper_id in student_teacher_ids(summons.course_id):
        publish(events.SummonClosed(request_id=summons.pk), to=groups.person(helper_id))


def notice_key(summons: HelpSummons) -> str:
    return f"summon:{summons.pk}"


def _not_alerted_just_now(student_id: UUID, helper_ids: list[UUID]) -> list[UUID]:
    """Those of the helpers whom this student has not called within a minute; from now on they have been."""
    keys = {f"summon:alerted:{student_id}:{helper_id}": helper_id for helper_id in helper_ids}
    alerted = cache.get_many(keys)
    fresh = [key for key in keys if key not in alerted]
    transaction.on_commit(partial(cache.set_many, dict.fromkeys(fresh, 1), SECONDS_BETWEEN_ALERTS))
    return [keys[key] for key in fresh]
