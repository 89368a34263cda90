"""The hour of the daily mail on the clocks of people all over the world."""

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from peerloop.core.accounts.models import User
from peerloop.core.notifications.days import next_time, zone_of


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


CASES = {
    "later today": ("Europe/Berlin", 8, "2026-11-21 06:59", "2026-11-21 07:00"),
    "on the hour it is tomorrow's turn": ("Europe/Berlin", 8, "2026-11-21 07:00", "2026-11-22 07:00"),
    "where it is tomorrow already": ("Pacific/Auckland", 8, "2026-11-21 12:00", "2026-11-21 19:00"),
    "where it is still yesterday": ("Pacific/Honolulu", 20, "2026-11-22 05:00", "2026-11-22 06:00"),
    "where the clock stands at half past": ("Asia/Kolkata", 8, "2026-11-21 00:00", "2026-11-21 02:30"),
    "the day has 23 hours": ("Europe/Berlin", 8, "2026-03-28 07:00", "2026-03-29 06:00"),
    "the day has 25 hours": ("Europe/Berlin", 8, "2026-10-24 06:00", "2026-10-25 07:00"),
    "the clock skips the hour": ("Europe/Berlin", 2, "2026-03-28 12:00", "2026-03-29 01:00"),
    "the day after the skipped hour": ("Europe/Berlin", 2, "2026-03-29 01:00", "2026-03-30 00:00"),
    "the clock shows the hour twice": ("Europe/Berlin", 2, "2026-10-24 12:00", "2026-10-25 00:00"),
    "the second of the two hours is not a second time": ("Europe/Berlin", 2, "2026-10-25 00:00", "2026-10-26 01:00"),
    "the clock skips midnight": ("Africa/Cairo", 0, "2026-04-23 12:00", "2026-04-23 22:00"),
    "the calendar skips a day": ("Pacific/Apia", 8, "2011-12-29 18:00", "2011-12-30 18:00"),
    "the day after that": ("Pacific/Apia", 8, "2011-12-30 18:00", "2011-12-31 18:00"),
}


@pytest.mark.parametrize(("zone", "hour", "after", "expected"), CASES.values(), ids=CASES)
def test_it_is_the_persons_own_clock_that_counts(zone, hour, after, expected):
    assert next_time(hour, zone=ZoneInfo(zone), after=moment(after)) == moment(expected)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"])
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 8, 23])
def test_every_day_of_a_year_has_its_hour_once(zone, hour):
    at, days = moment("2026-01-01 12:00"), []
    while len(days) < 366:
        at = next_time(hour, zone=ZoneInfo(zone), after=at)
        days.append(at.astimezone(ZoneInfo(zone)).date())
    assert [(later - day).days for day, later in pairwise(days)] == [1] * 365


def test_a_day_that_had_its_mail_gets_no_other():
    zone, noon = ZoneInfo("Europe/Berlin"), moment("2026-11-21 11:00")
    assert next_time(20, zone=zone, after=noon) == moment("2026-11-21 19:00")
    assert next_time(20, zone=zone, after=noon, after_day=date(2026, 11, 21)) == moment("2026-11-22 19:00")


def test_over_the_date_line_the_day_of_the_last_mail_may_be_tomorrow():
    found = next_time(
        8, zone=ZoneInfo("Pacific/Honolulu"), after=moment("2026-11-21 19:30"), after_day=date(2026, 11, 22)
    )
    assert found == moment("2026-11-23 18:00")


def test_a_zone_that_this_machine_has_dropped_is_utc():
    assert zone_of(User(time_zone="Europe/Atlantis")) == UTC
