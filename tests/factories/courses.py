"""The course of the tests: Ada is enrolled, Ben is its Student-Teacher; Mei is enrolled in another one."""

import pytest

from courses.models import Course, Enrolment, Module, StudentTeacher
from peerloop.core.accounts.models import User


def make_course(title: str, modules: int = 2) -> Course:
    slug = title.lower().replace(" ", "-")
    course = Course.objects.create(title=title, slug=slug, summary=f"About {title}.")
    for position in range(1, modules + 1):
        Module.objects.create(
            course=course, title=f"Part {position}", slug=f"part-{position}", position=position, html=f"<p>{position}</p>"
        )
    return course


def enrolled(user: User, course: Course) -> User:
    Enrolment.objects.create(user=user, course=course)
    return user


def certified(user: User, course: Course) -> User:
    StudentTeacher.objects.create(user=user, course=course, certified_by=user)
    User.objects.filter(pk=user.pk).update(role=User.Role.HELPER)
    user.role = User.Role.HELPER
    return user


@pytest.fixture
def course(ada, ben) -> Course:
    made = make_course("Painting Miniatures")
    enrolled(ada, made)
    certified(ben, made)
    return made


@pytest.fixture
def other_course(mei) -> Course:
    made = make_course("First Steps")
    enrolled(mei, made)
    return made
