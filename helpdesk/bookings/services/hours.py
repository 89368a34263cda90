"""When helpers can be booked. What was agreed on before stays as it is."""

from datetime import date, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User

from ..errors import DayNotAhead, EndBeforeStart, HelpersAreBooked, OffTheGrid
from ..models import MIDNIGHT, DayOff, WeeklyHours
from ..times import length, zone_of

YEAR = timedelta(days=366)
DAY_MINUTES = 24 * 60


@transaction.atomic
def add_hours(*, weekdays: list[int], starts: time, ends: time, by: User) -> list[WeeklyHours]:
    """Let `by` be booked on these days of the week (0 is Monday) from `starts` to `ends` by their own clock.

    `ends` at 00:00 is midnight. Hours that meet or overlap become one; the same again changes nothing. Returns the
    hours of these days as they are now. Raises HelpersAreBooked, EndBeforeStart, OffTheGrid.
    """
    helper = _locked(by)
    span = _minutes(starts), _minutes(ends) or DAY_MINUTES
    grid = int(length().total_seconds()) // 60
    if span[0] >= span[1]:
        raise EndBeforeStart
    if any(each % grid for each in span):
        raise OffTheGrid
    return [row for weekday in sorted(set(weekdays)) for row in _merge(helper, weekday, span)]


@transaction.atomic
def remove_hours(*, hours_id: UUID, by: User) -> None:
    """Do not be booked at these weekly hours any more. Somebody else's, or again: nothing changes."""
    WeeklyHours.objects.filter(pk=hours_id, helper=by).delete()


@transaction.atomic
def add_day_off(*, day: date, by: User) -> DayOff:
    """Do not be booked on `day` of one's own calendar. The same day again changes nothing.

    Raises HelpersAreBooked, DayNotAhead (a day that is over, or more than a year ahead).
    """
    helper = _locked(by)
    today = timezone.now().astimezone(zone_of(helper)).date()
    if not today <= day <= today + YEAR:
        raise DayNotAhead
    return DayOff.objects.get_or_create(helper=helper, day=day)[0]


@transaction.atomic
def remove_day_off(*, day_off_id: UUID, by: User) -> None:
    """Let the weekly hours count again on that day. Somebody else's, or again: nothing changes."""
    DayOff.objects.filter(pk=day_off_id, helper=by).delete()


@transaction.atomic
def forget_hours(*, user: User) -> None:
    """Remove all hours of `user`, whose account is being deleted. Again changes nothing."""
    WeeklyHours.objects.filter(helper=user).delete()
    DayOff.objects.filter(helper=user).delete()


def _locked(by: User) -> User:
    """The helper's own row, so that two pages that add at once are merged one after the other."""
    helper: User = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if not (helper.is_active and helper.is_helper):
        raise HelpersAreBooked
    return helper


def _merge(helper: User, weekday: int, span: tuple[int, int]) -> list[WeeklyHours]:
    rows = list(WeeklyHours.objects.filter(helper=helper, weekday=weekday))
    touching = [row for row in rows if _start(row) <= span[1] and span[0] <= _end(row)]
    whole = min([span[0], *map(_start, touching)]), max([span[1], *map(_end, touching)])
    if [(_start(row), _end(row)) for row in touching] != [whole]:
        WeeklyHours.objects.filter(pk__in=[row.pk for row in touching]).delete()
        WeeklyHours.objects.create(helper=helper, weekday=weekday, starts=_time(whole[0]), ends=_time(whole[1]))
    return list(WeeklyHours.objects.filter(helper=helper, weekday=weekday))


def _start(row: WeeklyHours) -> int:
    return _minutes(row.starts)


def _end(row: WeeklyHours) -> int:
    return DAY_MINUTES if row.ends == MIDNIGHT else _minutes(row.ends)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
