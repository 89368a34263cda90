"""Answers to what happens elsewhere: who cannot come does not leave the other one waiting."""

from typing import Any

from django.dispatch import receiver

from courses import signals as courses
from courses.models import Course
from peerloop.core.accounts.models import User
from peerloop.core.accounts.signals import access_lost, account_deleted

from .services.ending import cancel_all_of
from .services.hours import forget_hours


@receiver(courses.left)
def cancel_in_left_course(sender: Any, user: User, course: Course, **about: Any) -> None:
    cancel_all_of(student=user, course=course)


@receiver(courses.decertified)
def cancel_in_course_not_taught(sender: Any, user: User, course: Course, **about: Any) -> None:
    cancel_all_of(helper=user, course=course)


@receiver(access_lost)
def cancel_of_closed_account(sender: Any, user: User, **about: Any) -> None:
    """Banned or deleted; who only signed out everywhere keeps what is booked."""
    if not user.is_active:
        cancel_all_of(student=user)
        cancel_all_of(helper=user)


@receiver(account_deleted)
def forget(sender: Any, user: User, **about: Any) -> None:
    """Hours go with the account; what was booked is called off, and what is over stays with "Deleted member"."""
    forget_hours(user=user)
    cancel_all_of(student=user)
    cancel_all_of(helper=user)
