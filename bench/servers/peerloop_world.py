"""`python -m bench.servers.peerloop_world`: rooms, members and sessions; prints what the load needs as JSON."""

import json
import logging
from typing import Any

import django

from bench.bells import LISTENERS
from bench.dispatch import HELPERS
from bench.servers.base import ROOMS, SEATS
from bench.sessions import cookie_of


def main() -> None:
    django.setup()
    # Accounts made in bulk would fill the standard output, where the answer belongs.
    logging.disable(logging.INFO)
    courses = [_course(number) for number in range(ROOMS)]
    people = [[_member(course, room, seat) for seat in range(SEATS)] for room, course in enumerate(courses)]
    cookies = [[cookie_of(person) for person in seats] for seats in people]
    sockets = [[_socket(course, person) for person in seats] for course, seats in zip(courses, people, strict=True)]
    pages = _pages(courses[0], cookies[0][0])
    course, helpers = _dispatch([person for seats in people for person in seats])
    world = {"cookies": cookies, "sockets": sockets, "pages": pages, "course": str(course.pk), "helpers": helpers}
    print(json.dumps(world))


def _course(number: int) -> Any:
    from courses.models import Course, Module
    from courses.services import write_course, write_module
    from peerloop.core.accounts.services import system

    course = Course(title=f"Course {number}", slug=f"course-{number}", summary="Measured.", description="Read *on*.")
    course = write_course(course=course, by=system())
    for position in range(1, 6):
        title = f"Module {position}"
        body = f"## {title}\n\n" + "Some prose with `code` in it.\n\n" * 20
        module = Module(course=course, title=title, slug=f"module-{position}", position=position, body=body)
        write_module(module=module, by=system())
    return course


def _member(course: Any, room: int, seat: int) -> Any:
    from courses.services import enrol
    from peerloop.core.accounts.services import create_account, system

    username = f"r{room}s{seat}"
    email = f"{username}@example.com"
    person = create_account(
        username=username, email=email, password=None, name=f"Member {username}", verified=True, by=system()
    )
    enrol(course=course, by=person)
    return person


def _dispatch(students: list[Any]) -> tuple[Any, list[str]]:
    """A course in which everybody may call for help, and the cookies of those who come, its own helpers first."""
    from courses.models import Enrolment

    course = _course(len(students))
    Enrolment.objects.bulk_create([Enrolment(user=student, course=course) for student in students])
    return course, [cookie_of(_helper(number, course)) for number in range(LISTENERS)]


def _helper(number: int, course: Any) -> Any:
    """Somebody available: the first ones for calls of the course, all of them for paid requests."""
    from courses.services import certify
    from peerloop.core.accounts.models import User
    from peerloop.core.accounts.services import create_account, set_role, system
    from peerloop.core.presence.services import set_availability

    name, email = f"helper{number}", f"helper{number}@example.com"
    helper = create_account(username=name, email=email, password=None, name=name, verified=True, by=system())
    if number < HELPERS:
        certify(user=helper, course=course, by=system())
    else:
        set_role(user=helper, role=User.Role.HELPER, by=system())
    helper.refresh_from_db()
    set_availability(user=helper, available=True, by=helper)
    return helper


def _socket(course: Any, person: Any) -> str:
    from peerloop.core.realtime import tokens

    return f"/api/chat/connect?room={course.pk}&token={tokens.issue(user_id=person.pk, room=course.pk)}"


def _pages(course: Any, cookie: str) -> dict[str, dict[str, Any]]:
    from django.urls import reverse

    paths = {
        "course list": reverse("course_list"),
        "content": reverse("module_detail", args=[course.pk, course.modules.first().pk]),
        "chat": reverse("course_chat", args=[course.pk]),
    }
    return {name: {"path": path, "queries": _queries(path, cookie)} for name, path in paths.items()}


def _queries(path: str, cookie: str) -> int:
    """SQL statements of a page that was asked for before, as nearly every page was."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="127.0.0.1")
    client.get(path, headers={"Cookie": cookie})
    with CaptureQueriesContext(connection) as captured:
        client.get(path, headers={"Cookie": cookie})
    return len(captured)


if __name__ == "__main__":
    main()
