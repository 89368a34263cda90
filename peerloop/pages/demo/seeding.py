"""Fills an empty site with the demonstration. Each step leaves alone what is there already."""

import re
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from chat.models import ChatMessage
from chat.services.imports import Said, import_talk
from chat.services.messages import draft, open_room, post_messages
from chat.services.thanks import thank
from courses.folders import read_folder
from courses.models import Course
from courses.services import certify, complete_module, enrol, import_course
from helpdesk.bookings.models import Booking
from helpdesk.bookings.queries import bookable_helpers, free_times
from helpdesk.bookings.services.answering import accept_booking
from helpdesk.bookings.services.hours import add_hours
from helpdesk.bookings.services.requesting import request_booking
from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import create_account, system
from peerloop.core.presence.services import set_availability

FOLDER = Path(__file__).parent
PASSWORD = "peerloop"  # noqa: S105  (the demonstration's own, told to everybody)
CAST = ("ada", "ben", "mei", "sam", "root", "oskar")
UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def seed() -> dict[str, int]:
    """Bring in the people, the courses and their talk; how many of each there are now."""
    people = {each["username"]: each for each in read("people.yaml")}
    users = {name: account(each) for name, each in people.items()}
    courses = {course.slug: course for course in map(course_of, sorted(FOLDER.glob("courses/*/")))}
    for name, person in people.items():
        take_part(users[name], person, courses)
    messages = sum(talk(course, users) for course in courses.values())
    booked = bookings(users, courses)
    return {"people": len(users), "courses": len(courses), "messages": messages, "booked sessions": booked}


def read(path: str) -> Any:
    return yaml.safe_load((FOLDER / path).read_text())


def account(person: dict[str, Any]) -> User:
    found = User.objects.filter(username=person["username"]).first()
    if found:
        return found
    staff = "staff" in person["roles"]
    return create_account(
        username=person["username"],
        email=f"{person['username']}@example.com",
        # Hashing takes long on purpose; only the cast signs in.
        password=PASSWORD if person["username"] in CAST else None,
        name=person["name"],
        verified=True,
        by=system(),
        bio=person["bio"],
        time_zone=person["time_zone"],
        is_staff=staff,
        is_superuser=staff,
    )


def course_of(folder: Path) -> Course:
    return import_course(folder=read_folder(folder), by=system()).course


def take_part(user: User, person: dict[str, Any], courses: dict[str, Course]) -> None:
    for slug in person["enrolled"]:
        enrol(course=courses[slug], by=user)
        for module in courses[slug].modules.all()[: person["finished"].get(slug, 0)]:
            complete_module(module=module, by=user)
    for slug in person["certified"]:
        certify(user=user, course=courses[slug], by=system())
    if person["certified"]:
        user.refresh_from_db()
        set_availability(user=user, available=True, by=user)


def talk(course: Course, users: dict[str, User]) -> int:
    room, now = open_room(course.pk), timezone.now()
    said = read(f"conversations/{course.slug}.yaml")
    messages = import_talk(room=room, talk=[past(each, users, now) for each in said])
    for each in said if messages else ():
        for award in each.get("award", ()):
            thank(message_id=messages[each["key"]].pk, by=users[award["from"]], points=award["points"])
    return ChatMessage.objects.filter(room=room).count()


def bookings(users: dict[str, User], courses: dict[str, Course]) -> int:
    """Hours to be booked in, and sessions that are booked; two who have had one together get no other."""
    plan = read("bookings.yaml")
    for each in plan["hours"]:
        span = {edge: time.fromisoformat(each[edge]) for edge in ("starts", "ends")}
        add_hours(weekdays=each["weekdays"], by=users[each["helper"]], **span)
    for each in plan["bookings"]:
        book(each, student=users[each["student"]], helper=users[each["helper"]], course=courses[each["course"]])
    return Booking.objects.count()


def book(each: dict[str, Any], *, student: User, helper: User, course: Course) -> None:
    if Booking.objects.filter(student=student, helper=helper).exists():
        return
    since = timezone.now() + timedelta(days=each["days"])
    offered = free_times([one for one in bookable_helpers(course, student) if one == helper], student)
    moment = next(free.starts_at for free in offered if free.starts_at >= since)
    given = {"course_id": course.pk, "helper_id": helper.pk, "starts_at": moment, "note": each["note"]}
    made = request_booking(by=student, **given)
    if reply := each.get("reply"):
        accept_booking(booking_id=made.pk, by=helper, reply=reply)


def past(each: dict[str, Any], users: dict[str, User], now: datetime) -> Said:
    return Said(
        key=each["key"],
        author=users[each["author"]],
        content=each["text"],
        at=now - age(each["ago"]),
        is_question=each.get("question", False),
        reply_to=each.get("reply_to", ""),
    )


def age(text: str) -> timedelta:
    """ "2d 3h 12m" as a span of time."""
    return timedelta(**{UNITS[unit]: int(number) for number, unit in re.findall(r"(\d+)([dhm])", text)})


def scale(count: int) -> int:
    """Add `count` members to the first course with ten messages each, for trying the site at volume."""
    course = Course.objects.order_by("order").earliest("order")
    texts = [each["text"] for each in read(f"conversations/{course.slug}.yaml")[:10]]
    taken = User.objects.filter(username__startswith="member-").count()
    for number in range(taken + 1, taken + count + 1):
        member = extra_member(number, course)
        post_messages([draft(course_id=course.pk, by=member, content=text) for text in texts], paced=False)
    return count


def extra_member(number: int, course: Course) -> User:
    name, by = f"member-{number}", system()
    email = f"{name}@example.com"
    member = create_account(username=name, email=email, password=None, name=f"Member {number}", verified=True, by=by)
    enrol(course=course, by=member)
    return member
