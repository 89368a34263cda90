"""Reads that the composing pages put together."""

from dataclasses import dataclass

from courses.models import Course, Module
from courses.queries import courses_of
from peerloop.core.accounts.models import User
from peerloop.core.presence.models import Availability


@dataclass(frozen=True)
class Desk:
    """What a student is busy with: `course` and `module` to go on with (None at first use), and all `courses`."""

    courses: list[Course]
    course: Course | None
    module: Module | None


def desk_of(user: User) -> Desk:
    """The desk of `user`: to go on with is the course of the last activity that still has something undone."""
    courses = list(courses_of(user))
    course = next((course for course in courses if course.next_module_id), None)  # type: ignore[attr-defined]
    if course is None:
        return Desk(courses, None, None)
    return Desk(courses, course, Module.objects.defer("body", "html").get(pk=course.next_module_id))  # type: ignore[attr-defined]


def is_available(user: User) -> bool:
    """Whether the switch of `user` is on."""
    return Availability.objects.filter(user=user, is_available=True).exists()
