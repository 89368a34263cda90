"""Answers to what happens below: who left a course leaves its room at once."""

from django.dispatch import receiver

from courses import signals
from courses.models import Course, StudentTeacher
from courses.permissions import takes_part
from peerloop.core.presence.signals import availability_changed
from peerloop.core.realtime.services import disconnect

from . import events
from .errors import NotEnrolled
from .services.telling import tell_helpers


@receiver([signals.left, signals.decertified])
def leave_the_room(sender, user, course: Course, **about) -> None:
    """Nothing of the room reaches somebody who is neither enrolled nor certified any more."""
    if not takes_part(user, course):
        disconnect(user_id=user.pk, group=events.room(course.pk), sentence=NotEnrolled.text)


@receiver([signals.certified, signals.decertified])
def show_new_helpers(sender, user, course: Course, **about) -> None:
    tell_helpers(course.pk)


@receiver(availability_changed)
def show_availability(sender, user, **about) -> None:
    for course_id in StudentTeacher.objects.filter(user=user).values_list("course_id", flat=True):
        tell_helpers(course_id)
