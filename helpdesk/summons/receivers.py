"""Answers to what happens elsewhere: who can be summoned changes, and who is gone does not wait or talk any more."""

from uuid import UUID

from django.dispatch import receiver

from courses import signals as courses
from courses.models import Course
from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import system
from peerloop.core.accounts.signals import access_lost
from peerloop.core.presence.signals import availability_changed, people_changed

from ..sessions import signals as sessions
from ..sessions.models import HelpSession
from . import tasks
from .models import HelpSummons
from .services.availability import refresh_available, refresh_courses_of
from .services.calling import cancel_summons
from .services.ending import complete_summons


@receiver(availability_changed)
def follow_the_switch(sender, user: User, **about) -> None:
    refresh_courses_of(user.pk)


@receiver(people_changed)
def follow_arrivals(sender, arrived: set[UUID], gone: set[UUID], **about) -> None:
    refresh_courses_of(*arrived, *gone)


@receiver([sessions.session_opened, sessions.session_ended])
def follow_sessions(sender, session: HelpSession, **about) -> None:
    """In the worker: who has just accepted or ended is waited for by the other one, not by the counts.

    A lost job is made up for: open modals learn of it with their next ping.
    """
    tasks.refresh_courses_of.delay(str(session.helper_id))


@receiver([courses.certified, courses.decertified])
def follow_certifications(sender, course: Course, **about) -> None:
    refresh_available(course.pk)


@receiver(courses.left)
def stop_waiting(sender, user: User, course: Course, **about) -> None:
    """Who leaves the course does not wait in it any more."""
    for summons in HelpSummons.objects.pending().filter(student=user, course=course):
        cancel_summons(summons_id=summons.pk, by=system())


@receiver(access_lost)
def close_what_is_open(sender, user: User, **about) -> None:
    """Banned, deleted or signed out everywhere: nobody waits for, or sits with, somebody who cannot come back."""
    if not user.is_active:
        for summons in HelpSummons.objects.pending().filter(student=user):
            cancel_summons(summons_id=summons.pk, by=system())
        for summons in HelpSummons.objects.of(user).filter(status="accepted"):
            complete_summons(summons_id=summons.pk, by=system())
