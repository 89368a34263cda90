"""Quiet hours and the daily cap: on the helper's own clock, in every count, and said to the helper."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from helpdesk.models import HelperLimits, HelpSession
from helpdesk.summons import errors, events, panels, queries
from helpdesk.summons.services import availability
from helpdesk.summons.services.calling import request_help
from helpdesk.summons.services.limits import set_limits
from helpdesk.summons.services.sweeping import sweep
from peerloop.core.presence.errors import OnlyHelpers
from tests.factories.helpdesk import helpers_of
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
NOTHING = {"quiet_from": None, "quiet_until": None, "daily_cap": None}


def limit(helper, **given) -> HelperLimits:
    return set_limits(user=helper, by=helper, **{**NOTHING, **given})


def lives_in(helper, zone: str) -> None:
    helper.time_zone = zone
    helper.save(update_fields=["time_zone"])


@pytest.fixture
def it_is(monkeypatch):
    """`it_is(2026, 3, 29, 0, 30)`: the server's clock, in UTC."""

    def set_clock(*moment: int) -> datetime:
        now = datetime(*moment, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)
        return now

    return set_clock


@pytest.fixture
def had(mei, course):
    """`had(helper, began)`: a session with Mei that is over."""

    def store(helper, began: datetime) -> None:
        HelpSession.objects.create(
            student=mei, helper=helper, course=course, status="ended", started_at=began, ended_at=began, duration=0
        )

    return store


@pytest.mark.parametrize(
    ("begins", "ends", "quiet", "awake"),
    [
        (time(9), time(17), [time(9), time(16, 59)], [time(8, 59), time(17)]),
        (time(22), time(7), [time(22), time(0), time(6, 59)], [time(7), time(21, 59)]),
    ],
)
def test_quiet_hours_may_go_past_midnight_and_end_on_time(begins, ends, quiet, awake):
    limits = HelperLimits(quiet_from=begins, quiet_until=ends)
    assert ([limits.is_quiet(each) for each in quiet], [limits.is_quiet(each) for each in awake]) == (
        [True] * len(quiet),
        [False] * len(awake),
    )


def test_the_hours_are_on_the_helpers_clock_also_when_it_is_turned(helper, it_is):
    lives_in(helper, "Europe/Berlin")
    limit(helper, quiet_from=time(22), quiet_until=time(7))
    # 07:00 in Berlin is 06:00 UTC in winter and 05:00 in summer; the clock is turned on 29 March 2026.
    winter = [queries.is_quiet(helper, it_is(2026, 3, 28, *at)) for at in ((5, 59), (6, 0))]
    summer = [queries.is_quiet(helper, it_is(2026, 3, 29, *at)) for at in ((4, 59), (5, 0))]
    assert (winter, summer) == ([True, False], [True, False])


def test_an_hour_that_the_clock_shows_twice_is_quiet_twice(helper, it_is):
    lives_in(helper, "Europe/Berlin")
    limit(helper, quiet_from=time(2), quiet_until=time(3))
    # On 25 October 2026 Berlin has 02:30 at 00:30 UTC and again at 01:30 UTC.
    moments = [it_is(2026, 10, 25, *at) for at in ((0, 30), (1, 30), (2, 0))]
    assert [queries.is_quiet(helper, each) for each in moments] == [True, True, False]


def test_in_quiet_hours_nobody_counts_or_is_told(helper, course, ada, committed):
    other = helpers_of(course, 1)[0]
    now = timezone.now()
    limit(helper, quiet_from=now.time(), quiet_until=(now + timedelta(hours=1)).time())
    assert queries.available_helpers(course, ada) == [other]
    assert queries.available_ids(course.pk) == {other.pk}
    summons = committed(request_help, course_id=course.pk, by=ada)
    assert list(summons.offers.values_list("helper", flat=True)) == [other.pk]


def test_the_cap_counts_the_sessions_of_the_helpers_own_day(helper, course, ada, it_is, had):
    lives_in(helper, "Pacific/Auckland")
    limit(helper, daily_cap=2)
    # In Auckland the 5th of May begins at 12:00 UTC of the 4th.
    had(helper, datetime(2026, 5, 4, 11, 59, tzinfo=UTC))
    had(helper, datetime(2026, 5, 4, 12, 0, tzinfo=UTC))
    it_is(2026, 5, 4, 20, 0)
    assert queries.not_at_rest([helper]) == [helper]
    had(helper, datetime(2026, 5, 4, 19, 0, tzinfo=UTC))
    assert queries.not_at_rest([helper]) == []
    it_is(2026, 5, 5, 12, 0)
    assert queries.not_at_rest([helper]) == [helper]


@pytest.mark.parametrize("count", [1, 20])
def test_limits_cost_one_query_more_for_one_helper_or_many(count, course, ada, nobody_here, django_assert_num_queries):
    for each in helpers_of(course, count):
        limit(each, daily_cap=3)
    with django_assert_num_queries(2):
        assert len(queries.available_helpers(course, ada)) == count
    with django_assert_num_queries(2):
        assert len(queries.available_ids(course.pk)) == count


def test_when_quiet_hours_begin_the_sweep_tells_open_modals_once(helper, course, monkeypatch, it_is):
    it_is(2026, 5, 4, 21, 59, 50)
    limit(helper, quiet_from=time(22), quiet_until=time(7))
    availability.refresh_available(course.pk)
    told = []
    monkeypatch.setattr(availability, "publish", lambda event, to: told.append((event.count, to)))
    sweep()
    assert told == []
    it_is(2026, 5, 4, 22, 0, 5)
    sweep()
    sweep()
    assert told == [(0, events.course(course.pk))]


# -- saying it ---------------------------------------------------------------------------------------------------


def test_what_makes_no_sense_is_refused_and_nothing_is_kept(helper, oskar, root):
    with pytest.raises(errors.HalfAQuietTime):
        limit(helper, quiet_from=time(22))
    with pytest.raises(errors.QuietAllDay):
        limit(helper, quiet_from=time(22), quiet_until=time(22))
    for cap in (0, 51):
        with pytest.raises(errors.CapOutOfRange, match="1 to 50 sessions a day"):
            limit(helper, daily_cap=cap)
    for by in (oskar, root):
        with pytest.raises(OnlyHelpers):
            set_limits(user=helper, by=by, **NOTHING)
    assert HelperLimits.objects.count() == 0


def test_a_helper_sets_limits_on_a_page_and_finds_them_there_again(as_user, helper):
    bens = as_user(helper)
    given = {"quiet_from": "22:00", "quiet_until": "07:00", "daily_cap": "3"}
    assert bens.post("/helper/limits", given)["Location"] == "/helper/dashboard"
    html = bens.get("/helper/limits").content.decode()
    assert [f'name="{name}" value="{value}"' in html for name, value in given.items()] == [True] * 3
    bens.post("/helper/limits", dict.fromkeys(given, ""))
    assert HelperLimits.objects.values("quiet_from", "quiet_until", "daily_cap").get() == NOTHING


def test_a_refusal_keeps_what_was_typed(as_user, helper):
    answer = as_user(helper).post("/helper/limits", {"quiet_from": "22:00", "daily_cap": "3"})
    assert answer.status_code == 422
    assert "Give both times, or leave both empty." in text_of(answer)
    assert 'value="22:00"' in answer.content.decode()


def test_the_outsider_has_no_limits_to_set(as_user, oskar):
    given = {"quiet_from": "22:00", "quiet_until": "07:00"}
    assert as_user(oskar).get("/helper/limits").status_code == 403
    assert as_user(oskar).post("/helper/limits", given).status_code == 403
    assert HelperLimits.objects.count() == 0


def test_the_dashboard_says_why_nobody_calls(as_user, helper, summons, it_is):
    bens = as_user(helper)
    assert "My paint is too thick." in text_of(bens.get("/helper/dashboard"))
    now = timezone.now().replace(second=0, microsecond=0)
    limit(helper, quiet_from=now.time(), quiet_until=(now + timedelta(hours=1)).time())
    words = text_of(bens.get("/helper/dashboard"))
    assert f"Quiet until {now + timedelta(hours=1):%H:%M}." in words
    assert "My paint is too thick." not in words


def test_the_dashboard_says_when_the_day_is_done(helper, had):
    limit(helper, daily_cap=1)
    assert panels.rest_of(helper) == ""
    had(helper, timezone.now())
    assert panels.rest_of(helper) == "Done for today"
