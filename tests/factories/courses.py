"""A course with three modules, in which Ada is enrolled and for which Ben is certified."""

import pytest

from courses.models import Course, Module
from courses.services import certify, enrol, write_course, write_module
from peerloop.core import slots
from peerloop.core.accounts.services import system
from peerloop.core.markup import navigation

TITLES = ["Brushes, paint and water", "Priming and undercoats", "Layering & Edge Highlights"]


def make_course(
    title: str = "Painting Miniatures: Foundations", *, slug: str = "painting", modules: int = 3, **fields
) -> Course:
    fields = {
        "summary": "From primer to a finished piece.",
        "category": "painting",
        "description": "Thin paint.",
        **fields,
    }
    course = write_course(course=Course(title=title, slug=slug, **fields), by=system())
    for position in range(1, modules + 1):
        make_module(course, position)
    return course


def make_module(course: Course, position: int, **fields) -> Module:
    fields = {"title": TITLES[(position - 1) % 3], "minutes": 20, "body": f"Text of module {position}.", **fields}
    return write_module(
        module=Module(course=course, slug=f"module-{position}", position=position, **fields), by=system()
    )


@pytest.fixture
def course(ada, ben) -> Course:
    """Ada is enrolled in it, Ben certified for it."""
    made = make_course()
    enrol(course=made, by=ada)
    certify(user=ben, course=made, by=system())
    return made


@pytest.fixture
def modules(course) -> list[Module]:
    """The modules of `course`, in order."""
    return list(course.modules.all())


@pytest.fixture
def own_pages_only(monkeypatch):
    """Pages without what other apps put into shell and slots, to count just the queries of their own."""
    monkeypatch.setattr(slots, "_fillings", {})
    monkeypatch.setattr(navigation, "_entries", {})
