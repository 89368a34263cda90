"""Who hears of what: helpers on any page and in the bell, the student on the socket. All after commit."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from courses.queries import student_teacher_ids
from peerloop.core.accounts.models import User
from peerloop.core.notifications.services import withdraw
from peerloop.core.realtime import groups
from peerloop.core.realtime.services import publish, publish_to_all

from ...sessions.events import seat, session
from .. import events
from ..models import HelpSummons
from .ringing import notice_key, ring_after_commit, silence_after_commit

# What devices show for a moment when the call on them is taken back.
DISMISSED = "You let this one pass."


def tell_summoned(summons: HelpSummons, helper_ids: Iterable[UUID], *, student_teaches: bool) -> None:
    """Show the summons to these helpers on any page, then have their bells rung. No query, for one or for fifty."""
    event = events.summoned(summons, student_teaches=student_teaches)
    told = list(helper_ids)
    publish_to_all(event, to=[groups.person(each) for each in told])
    ring_after_commit(summons, told)


def tell_matched(summons: HelpSummons) -> None:
    """Tell the student who accepted, and the helpers that it is taken."""
    publish(events.matched(summons), to=seat(summons.pk, summons.student_id))
    tell_closed(summons)


def tell_over(summons: HelpSummons, event: events.SummonsCancelled | events.TimedOut) -> None:
    """Tell the student, and the helpers, that it came to nothing."""
    publish(event, to=session(summons.pk))
    tell_closed(summons)


def tell_closed(summons: HelpSummons) -> None:
    """Take the summons off the helpers' pages, then have it taken out of their bells."""
    # Who they are is asked after the commit: who waits has been told by then. (Django names what failed: no partial.)
    transaction.on_commit(lambda: _take_off_pages(summons), robust=True)
    silence_after_commit(summons)


def _take_off_pages(summons: HelpSummons) -> None:
    told = [groups.person(helper_id) for helper_id in student_teacher_ids(summons.course_id)]
    publish_to_all(events.SummonClosed(request_id=summons.pk), to=told)


def tell_dismissed(summons: HelpSummons, helper: User) -> None:
    """Take the summons off one helper's pages and out of that bell; for the others it goes on."""
    withdraw(keys=[notice_key(summons)], recipient_ids=[helper.pk], why=DISMISSED)
    publish(events.SummonClosed(request_id=summons.pk), to=groups.person(helper.pk))
