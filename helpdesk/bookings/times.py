"""Clocks: when weekly hours are, as moments, and what a moment is on somebody's clock. No database."""

from collections.abc import Container, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from peerloop.core.accounts.models import User

from .models import WeeklyHours

DAY = timedelta(days=1)


def length() -> timedelta:
    """How long a session is; hours are cut into pieces of it."""
    return timedelta(minutes=settings.PEERLOOP.BOOKING_MINUTES)


def zone_of(user: User) -> tzinfo:
    """The zone of the account; UTC should this machine's list have dropped it."""
    try:
        return ZoneInfo(user.time_zone)
    except ZoneInfoNotFoundError:
        return UTC


def moments(
    hours: Iterable[WeeklyHours], *, off: Container[date], zone: tzinfo, since: datetime, until: datetime
) -> list[datetime]:
    """When sessions may begin from `since` until before `until` (UTC): while the clock in `zone` stands in the hours.

    So 18:00 stays 18:00 when the clocks change. What the clock skips is not offered; what it shows twice is, twice.
    """
    hours = list(hours)
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    days = (first + DAY * number for number in range((last - first).days + 1))
    found = {
        moment
        for day in days
        if day not in off
        for each in hours
        if each.weekday == day.weekday()
        for moment in _moments_of(day, each, zone)
    }
    return sorted(moment for moment in found if since <= moment < until)


def _moments_of(day: date, hours: WeeklyHours, zone: tzinfo) -> Iterator[datetime]:
    opens, closes = datetime.combine(day, hours.starts), datetime.combine(day, hours.ends)
    if closes <= opens:  # until midnight
        closes += DAY
    moment, last = min(_both(opens, zone)), max(_both(closes, zone))
    while moment < last:
        wall = moment.astimezone(zone).replace(tzinfo=None)
        if opens <= wall and wall + length() <= closes:
            yield moment
        moment += length()


def _both(wall: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The moments that a wall clock's time can mean: two when it comes twice, or when it is skipped."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second


def comes_twice(moment: datetime, zone: tzinfo) -> bool:
    """Whether the clock in `zone` shows this time of day twice on that day, so that it needs more words."""
    wall = moment.astimezone(zone)
    return wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()


def time_of_day(moment: datetime, zone: tzinfo) -> str:
    """ "18:00"; "02:30 CET" where the clock shows it twice."""
    wall = moment.astimezone(zone)
    return f"{wall:%H:%M} {wall:%Z}" if comes_twice(moment, zone) else f"{wall:%H:%M}"


def day_and_time(moment: datetime, zone: tzinfo) -> str:
    """ "Monday 23 November, 18:00"."""
    wall = moment.astimezone(zone)
    return f"{wall:%A} {wall.day} {wall:%B}, {time_of_day(moment, zone)}"


def starts_of_text(text: str) -> datetime | None:
    """The moment that a form's value names, aware; None if it names none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
