"""Ben can be booked every day of the week, and Ada has asked him for a session."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from courses.services import certify
from helpdesk.bookings.models import Booking
from helpdesk.bookings.queries import bookable_helpers, free_times
from helpdesk.bookings.services.answering import accept_booking
from helpdesk.bookings.services.hours import add_hours
from helpdesk.bookings.services.requesting import request_booking
from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import system
from tests.factories.people import person

EVERY_DAY = list(range(7))


def open_all_day(helper: User) -> User:
    helper.refresh_from_db()
    add_hours(weekdays=EVERY_DAY, starts=time(0), ends=time(0), by=helper)
    return helper


def another_helper(course, name: str = "jonas", **fields) -> User:
    """One more Student-Teacher of the course who can be booked."""
    made = person(name, **fields)
    certify(user=made, course=course, by=system())
    return open_all_day(made)


def free(course, student: User, helper: User | None = None) -> list[datetime]:
    """The times that the page offers, by time."""
    helpers = [each for each in bookable_helpers(course, student) if helper is None or each == helper]
    return [each.starts_at for each in free_times(helpers, student)]


def begin(booking: Booking, *, minutes: float) -> Booking:
    """Move the booking so that it begins in so many minutes; below zero it has begun."""
    starts = timezone.now() + timedelta(minutes=minutes)
    Booking.objects.filter(pk=booking.pk).update(
        starts_at=starts,
        ends_at=starts + timedelta(minutes=30),
        expires_at=starts - timedelta(minutes=10),
    )
    booking.refresh_from_db()
    return booking


@pytest.fixture
def bookable(ben, course) -> User:
    """Ben, with hours at any time."""
    return open_all_day(ben)


@pytest.fixture
def booking(ada, course, modules, bookable) -> Booking:
    """Ada asks Ben for the last session that is offered."""
    moment = free(course, ada, bookable)[-1]
    given = {"course_id": course.pk, "helper_id": bookable.pk, "module_id": modules[0].pk, "starts_at": moment}
    return request_booking(note="My paint is too thick.", by=ada, **given)


@pytest.fixture
def agreed(booking, bookable) -> Booking:
    """Ben has accepted."""
    return accept_booking(booking_id=booking.pk, by=bookable, reply="Bring the pot.")
