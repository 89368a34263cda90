"""Clocks: weekly hours as moments, across zones and changes of the clock, and what is offered of them."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from helpdesk.bookings import errors
from helpdesk.bookings.models import DayOff, WeeklyHours
from helpdesk.bookings.queries import bookable_helpers
from helpdesk.bookings.services.hours import add_day_off, add_hours, remove_day_off, remove_hours
from helpdesk.bookings.services.requesting import request_booking
from helpdesk.bookings.times import comes_twice, day_and_time, moments, time_of_day
from peerloop.core.accounts.models import User
from tests.factories.bookings import EVERY_DAY, another_helper, free, open_all_day

HALF_HOUR, DAY = timedelta(minutes=30), timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
# A place, the night its clock changes, and hours over the change.
CHANGES = [
    ("Europe/Berlin", date(2027, 3, 28)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2027, 3, 14)),
    ("Australia/Sydney", date(2026, 10, 4)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("America/Sao_Paulo", date(2027, 3, 14)),
    ("Asia/Kathmandu", date(2027, 3, 14)),
]


def hours(starts: str, ends: str, *days: int) -> list[WeeklyHours]:
    given = {"starts": time.fromisoformat(starts), "ends": time.fromisoformat(ends)}
    return [WeeklyHours(weekday=day, **given) for day in days or EVERY_DAY]


def clocks(rows: list[WeeklyHours], day: date, zone: ZoneInfo) -> list[str]:
    """What the clock shows at each moment of that day."""
    since = datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
    until = datetime.combine(day + DAY, time(0), tzinfo=zone).astimezone(UTC)
    return [f"{each.astimezone(zone):%H:%M}" for each in moments(rows, off=(), zone=zone, since=since, until=until)]


@pytest.mark.parametrize(("name", "change"), CHANGES)
def test_the_evening_stays_the_evening_when_the_clock_changes(name, change):
    zone = ZoneInfo(name)
    for number in (-7, -1, 0, 1, 7):
        shown = clocks(hours("18:00", "20:00"), change + DAY * number, zone)
        assert shown == ["18:00", "18:30", "19:00", "19:30"]


@pytest.mark.parametrize(
    ("name", "day", "shown"),
    [
        ("Europe/Berlin", date(2027, 3, 28), ["01:00", "01:30", "03:00", "03:30"]),
        ("Europe/Berlin", date(2026, 10, 25), ["01:00", "01:30", *["02:00", "02:30"] * 2, "03:00", "03:30"]),
        ("Australia/Lord_Howe", date(2026, 10, 4), ["01:00", "01:30", "02:30", "03:00", "03:30"]),
        ("Europe/Berlin", date(2026, 10, 24), ["01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]),
    ],
)
def test_what_the_clock_skips_is_not_offered_and_what_it_shows_twice_is_offered_twice(name, day, shown):
    zone = ZoneInfo(name)
    assert clocks(hours("01:00", "04:00"), day, zone) == shown
    since = datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
    found = moments(hours("01:00", "04:00"), off=(), zone=zone, since=since, until=since + timedelta(hours=12))
    assert {after - before for before, after in itertools.pairwise(found)} == {HALF_HOUR}


def test_hours_that_lie_in_the_skipped_hour_alone_are_not_that_day():
    assert clocks(hours("02:00", "03:00"), date(2027, 3, 28), BERLIN) == []
    assert clocks(hours("02:30", "03:30"), date(2027, 3, 28), BERLIN) == ["03:00"]


def test_a_time_that_comes_twice_says_which_it_is():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert [time_of_day(first + timedelta(hours=each), BERLIN) for each in range(3)] == [
        "02:30 CEST",
        "02:30 CET",
        "03:30",
    ]
    assert [comes_twice(first, BERLIN), comes_twice(first, ZoneInfo("Asia/Tokyo"))] == [True, False]
    assert day_and_time(datetime(2026, 11, 23, 18, tzinfo=UTC), BERLIN) == "Monday 23 November, 19:00"


def test_hours_end_at_midnight_and_a_day_off_is_a_day_of_the_helpers_calendar():
    rows, day = hours("23:00", "00:00", 0), date(2026, 11, 23)
    assert clocks(rows, day, BERLIN) == ["23:00", "23:30"]
    since, until = datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)
    tokyo = ZoneInfo("Asia/Tokyo")
    rows = hours("08:00", "08:30")
    # 08:00 of the 24th in Tokyo is still the 23rd in London.
    assert moments(rows, off={date(2026, 11, 24)}, zone=tokyo, since=since, until=until) == [
        datetime(2026, 11, 22, 23, tzinfo=UTC),
        datetime(2026, 11, 24, 23, tzinfo=UTC),
    ]


# -- the helper's hours ----------------------------------------------------------------------------------------------


def stored(user: User) -> list[tuple[int, str, str]]:
    return [
        (each.weekday, f"{each.starts:%H:%M}", f"{each.ends:%H:%M}") for each in WeeklyHours.objects.filter(helper=user)
    ]


@pytest.fixture
def helper(ben, course) -> User:
    ben.refresh_from_db()
    return ben


def test_hours_that_meet_or_overlap_become_one_and_the_same_again_changes_nothing(helper):
    add_hours(weekdays=[0, 2], starts=time(18), ends=time(20), by=helper)
    assert stored(helper) == [(0, "18:00", "20:00"), (2, "18:00", "20:00")]
    add_hours(weekdays=[0], starts=time(19), ends=time(21), by=helper)
    add_hours(weekdays=[0], starts=time(8), ends=time(9), by=helper)
    add_hours(weekdays=[0], starts=time(21), ends=time(0), by=helper)
    assert stored(helper) == [(0, "08:00", "09:00"), (0, "18:00", "00:00"), (2, "18:00", "20:00")]
    before = list(WeeklyHours.objects.values_list("pk", flat=True))
    add_hours(weekdays=[0], starts=time(18, 30), ends=time(19), by=helper)
    assert list(WeeklyHours.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize(
    ("starts", "ends", "refusal"),
    [
        (time(20), time(18), errors.EndBeforeStart),
        (time(18), time(18), errors.EndBeforeStart),
        (time(18, 10), time(19), errors.OffTheGrid),
        (time(18), time(18, 45), errors.OffTheGrid),
    ],
)
def test_hours_must_have_an_end_after_their_start_and_keep_to_half_hours(helper, starts, ends, refusal):
    with pytest.raises(refusal):
        add_hours(weekdays=[0], starts=starts, ends=ends, by=helper)
    assert stored(helper) == []


def test_only_helpers_have_hours(ada, course):
    with pytest.raises(errors.HelpersAreBooked):
        add_hours(weekdays=[0], starts=time(18), ends=time(20), by=ada)
    with pytest.raises(errors.HelpersAreBooked):
        add_day_off(day=timezone.localdate(), by=ada)


def test_nobody_removes_the_hours_of_somebody_else(helper, oskar):
    [row] = add_hours(weekdays=[0], starts=time(18), ends=time(20), by=helper)
    off = add_day_off(day=timezone.localdate() + DAY, by=helper)
    for by, left in ((oskar, 1), (helper, 0), (helper, 0)):
        remove_hours(hours_id=row.pk, by=by)
        remove_day_off(day_off_id=off.pk, by=by)
        assert (WeeklyHours.objects.count(), DayOff.objects.count()) == (left, left)


def test_a_day_off_is_ahead_and_stands_once(helper):
    today = timezone.localdate()
    for wrong in (today - DAY * 2, today + DAY * 400):
        with pytest.raises(errors.DayNotAhead):
            add_day_off(day=wrong, by=helper)
    assert add_day_off(day=today + DAY, by=helper) == add_day_off(day=today + DAY, by=helper)
    assert DayOff.objects.count() == 1


# -- what is offered -------------------------------------------------------------------------------------------------


def test_what_is_offered_begins_after_the_notice_and_ends_with_the_window(ada, course, bookable):
    now = timezone.now()
    offered = free(course, ada)
    assert now + timedelta(minutes=60) <= offered[0] < now + timedelta(minutes=90)
    assert now + DAY * 14 - HALF_HOUR <= offered[-1] < now + DAY * 14
    assert {after - before for before, after in itertools.pairwise(offered)} == {HALF_HOUR}


def test_a_day_off_is_not_offered(ada, course, bookable):
    day = timezone.localdate() + DAY * 3
    assert day in {each.date() for each in free(course, ada)}
    add_day_off(day=day, by=bookable)
    assert day not in {each.date() for each in free(course, ada)}


def test_nobody_is_offered_who_is_gone_not_certified_or_oneself(ada, course, bookable, mei):
    open_all_day_of(mei)
    assert {each.pk for each in offered_helpers(course, ada)} == {bookable.pk}
    assert offered_helpers(course, bookable) == []
    User.objects.filter(pk=bookable.pk).update(is_active=False)
    assert offered_helpers(course, ada) == []


def open_all_day_of(user: User) -> None:
    User.objects.filter(pk=user.pk).update(role="helper")
    open_all_day(user)


def offered_helpers(course, student: User) -> list[User]:
    return bookable_helpers(course, student)


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_every_time_that_is_shown_can_be_booked(course, ada, name, settings, monkeypatch):
    """Each tenth one of a whole window, with the day before the change of the clock as today."""
    settings.PEERLOOP = type(settings.PEERLOOP)(BOOKINGS_AHEAD=1000, BOOKINGS_AN_HOUR=1000)
    helper = another_helper(course, "jonas", time_zone=name)
    now = datetime(2027, 3, 10, 12, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    shown = free(course, ada, helper)[::60]
    made = [request_booking(course_id=course.pk, helper_id=helper.pk, starts_at=each, by=ada) for each in shown]
    assert [each.starts_at for each in made] == shown
    assert set(free(course, ada, helper)).isdisjoint(shown)


def test_what_is_taken_from_either_is_not_offered_to_the_other(course, ada, bookable, booking, mei):
    jonas = another_helper(course)
    assert booking.starts_at not in free(course, ada, bookable)
    assert booking.starts_at not in free(course, ada, jonas)
    assert booking.starts_at in free(course, mei, jonas)
    assert booking.starts_at not in free(course, mei, bookable)
