"""What bookings look like to one person: free times by their days, and a booking with its words and actions."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from courses.models import Course
from peerloop.core.accounts.models import User

from .models import Booking
from .queries import FreeTime, bookable_helpers, free_times
from .times import day_and_time, time_of_day, zone_of

Context = dict[str, Any]
SEPARATOR = "|"


@dataclass(frozen=True)
class Choice:
    """A time that can be chosen: on the viewer's clock, and on the helper's where that shows another."""

    free: FreeTime
    viewer: User

    @property
    def value(self) -> str:
        return f"{self.free.helper.pk}{SEPARATOR}{self.free.starts_at.isoformat()}"

    @property
    def text(self) -> str:
        return time_of_day(self.free.starts_at, zone_of(self.viewer))

    @property
    def there(self) -> str:
        text = time_of_day(self.free.starts_at, zone_of(self.free.helper))
        return "" if text == self.text else text


@dataclass(frozen=True)
class Row:
    """One helper's times on one day."""

    helper: User
    choices: list[Choice]


@dataclass(frozen=True)
class Day:
    """One day of the viewer's calendar."""

    date: date
    rows: list[Row]

    @property
    def count(self) -> int:
        return sum(len(row.choices) for row in self.rows)


def opening(course: Course, viewer: User, *, helper_id: UUID | None) -> Context:
    """The free times of the course's Student-Teachers, of one of them if `helper_id` names one. Four queries."""
    helpers = bookable_helpers(course, viewer)
    chosen = next((each for each in helpers if each.pk == helper_id), None)
    shown = [chosen] if chosen else helpers
    return {
        "course": course,
        "helpers": helpers,
        "chosen": chosen,
        "days": days_of(free_times(shown, viewer), viewer),
        "zone": viewer.time_zone,
        "numbers": settings.PEERLOOP,
    }


def days_of(times: list[FreeTime], viewer: User) -> list[Day]:
    zone = zone_of(viewer)

    def day_of(free: FreeTime) -> date:
        return free.starts_at.astimezone(zone).date()

    return [Day(day, _rows(list(of_day), viewer)) for day, of_day in groupby(times, key=day_of)]


def _rows(times: list[FreeTime], viewer: User) -> list[Row]:
    helpers = {free.helper.pk: free.helper for free in times}
    return [
        Row(helper, [Choice(free, viewer) for free in times if free.helper.pk == helper.pk])
        for helper in sorted(helpers.values(), key=lambda each: each.display_name)
    ]


def read_slot(text: str) -> tuple[UUID, str] | None:
    """The helper and the moment's text that a chosen value names; None if it names none."""
    key, _, moment = text.partition(SEPARATOR)
    try:
        return UUID(key), moment
    except ValueError:
        return None


@dataclass(frozen=True)
class Seen:
    """A booking as one of its two sees it; staff see it as the student does."""

    booking: Booking
    viewer: User

    @property
    def is_helper(self) -> bool:
        return self.viewer.pk == self.booking.helper_id

    @property
    def is_party(self) -> bool:
        return self.viewer.pk in self.booking.parties()

    @property
    def other(self) -> User:
        return self.booking.other(self.viewer)

    @property
    def starts(self) -> datetime:
        return self.booking.starts_at.astimezone(zone_of(self.viewer))

    @property
    def when(self) -> str:
        return day_and_time(self.booking.starts_at, zone_of(self.viewer))

    @property
    def until(self) -> str:
        return time_of_day(self.booking.ends_at, zone_of(self.viewer))

    @property
    def day_word(self) -> str:
        """ "Today", "Tomorrow" or the day."""
        days = (self.starts.date() - timezone.now().astimezone(zone_of(self.viewer)).date()).days
        return {0: "Today", 1: "Tomorrow"}.get(days, f"{self.starts:%A} {self.starts.day} {self.starts:%B}")

    @property
    def clock(self) -> str:
        return time_of_day(self.booking.starts_at, zone_of(self.viewer))

    @property
    def there(self) -> str:
        """The time on the other one's clock, where that shows another."""
        text = day_and_time(self.booking.starts_at, zone_of(self.other))
        return "" if text == self.when else text

    @property
    def opens(self) -> str:
        return time_of_day(self.booking.opens_at, zone_of(self.viewer))

    @property
    def may_answer(self) -> bool:
        return self.is_helper and self.booking.is_requested and self.booking.expires_at > timezone.now()

    @property
    def may_cancel(self) -> bool:
        is_ahead = self.booking.is_live and self.booking.starts_at > timezone.now()
        return self.is_party and is_ahead and not self.may_answer  # who was asked declines

    @property
    def may_start(self) -> bool:
        return self.is_party and (self.booking.is_open or self.booking.is_running)

    @property
    def is_soon(self) -> bool:
        """Whether its page should look for the start by itself."""
        booking, now = self.booking, timezone.now()
        return booking.is_accepted and booking.opens_at - timedelta(days=1) <= now < booking.ends_at


def seen(bookings: Any, viewer: User) -> list[Seen]:
    return [Seen(booking, viewer) for booking in bookings]
