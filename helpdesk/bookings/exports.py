"""What a person takes along: the sessions they booked or were booked for, and their bookable hours."""

from collections.abc import Iterable, Mapping
from typing import Any

from peerloop.core.accounts.exports import Export, exports
from peerloop.core.accounts.models import User

from .models import Booking, DayOff, WeeklyHours

Rows = Iterable[Mapping[str, Any]]


def bookings(user: User) -> Rows:
    rows = Booking.objects.of(user).order_by("pk")
    return rows.values(
        "id", "created_at", "course__title", "module__title", "starts_at", "ends_at", "note", "reply", "status"
    )


def hours(user: User) -> Rows:
    yield from WeeklyHours.objects.filter(helper=user).values("weekday", "starts", "ends")
    yield from DayOff.objects.filter(helper=user).values("day")


exports.add("bookings", Export(bookings))
exports.add("bookable_hours", Export(hours))
