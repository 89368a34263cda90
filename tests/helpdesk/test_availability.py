"""The set of who could be summoned in a course: what changes it, and what it costs."""

import pytest
import redis
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.services import certify, withdraw_certification
from helpdesk.summons import queries
from helpdesk.summons.services import availability
from helpdesk.summons.services.answering import accept_summons
from helpdesk.summons.services.calling import request_help
from helpdesk.summons.services.ending import complete_summons
from peerloop.core.accounts.services import system
from peerloop.core.notifications.models import Notification
from peerloop.core.presence.services import set_availability
from peerloop.core.presence.signals import people_changed
from peerloop.core.realtime import bus
from peerloop.core.realtime.bus import client
from tests.factories.helpdesk import arrive, available, depart, helpers_of

pytestmark = pytest.mark.django_db


def stored(course) -> set[str]:
    return client().smembers(f"help_available:{course.pk}")


@pytest.mark.covers("HELP-118", "HELP-119")
def test_the_set_follows_switch_connection_certification_and_session(committed, course, helper, ada, ben):
    only_ben = {str(ben.pk)}
    committed(set_availability, user=ben, available=False, by=ben)
    assert stored(course) == set()
    committed(set_availability, user=ben, available=True, by=ben)
    assert stored(course) == only_ben
    depart(ben)
    people_changed.send(None, arrived=set(), gone={ben.pk})
    assert stored(course) == set()
    arrive(ben)
    people_changed.send(None, arrived={ben.pk}, gone=set())
    assert stored(course) == only_ben
    summons = request_help(course_id=course.pk, by=ada)
    committed(accept_summons, summons_id=summons.pk, by=ben)
    assert stored(course) == set()
    committed(complete_summons, summons_id=summons.pk, by=ben)
    assert stored(course) == only_ben
    committed(withdraw_certification, user=ben, course=course, by=system())
    assert stored(course) == set()


def test_only_a_change_is_told(course, helper):
    assert [availability.refresh_available(course.pk) for _ in range(2)] == [True, False]


def test_while_redis_is_away_nobody_fails(course, helper, monkeypatch):
    bus.client.cache_clear()
    monkeypatch.setattr(bus.redis.Redis, "from_url", away)
    try:
        assert availability.refresh_available(course.pk) is False
        assert queries.available_ids(course.pk) == set()
    finally:
        bus.client.cache_clear()


def away(*args, **options):
    return redis.Redis(host="127.0.0.1", port=1, socket_timeout=0.1)


def test_people_who_help_nowhere_cost_one_query(course, oskar, mei, django_assert_num_queries):
    with django_assert_num_queries(1):
        people_changed.send(None, arrived={oskar.pk, mei.pk}, gone=set())


def test_who_is_available_is_one_query(course, ada, helper, django_assert_num_queries):
    helpers_of(course, 3)
    with django_assert_num_queries(1):
        assert len(queries.available_helpers(course, ada)) == 4
    with django_assert_num_queries(1):
        assert len(queries.available_ids(course.pk)) == 4
    with django_assert_num_queries(1):
        assert len(queries.available_ids_for(course.pk, ada.pk)) == 4
    with django_assert_num_queries(1):
        queries.incoming(helper)
    with django_assert_num_queries(1):
        queries.current_summons(ada)


def test_whoever_counts_the_helpers_of_a_student_finds_the_same(course, ada, mei, accepted):
    """Ada has just talked with Ben; Mei, who waits too, could help herself."""
    complete_summons(summons_id=accepted.pk, by=ada)
    certify(user=mei, course=course, by=system())
    mei.refresh_from_db()
    available(mei)
    helpers_of(course, 3)
    everybody = queries.available_ids(course.pk)
    counts = queries.available_counts([ada.pk, mei.pk], everybody)
    assert (len(everybody), counts) == (5, {ada.pk: 4, mei.pk: 4})
    for student in (ada, mei):
        found = queries.available_helpers(course, student)
        assert {each.pk for each in found} == set(queries.available_ids_for(course.pk, student.pk))
        assert len(found) == counts[student.pk]


@pytest.mark.parametrize("count", [1, 50])
def test_a_call_costs_the_same_for_one_helper_and_for_fifty(count, ada, course, helper, committed):
    helpers_of(course, count - 1)
    with CaptureQueriesContext(connection) as captured:
        committed(request_help, course_id=course.pk, by=ada)
    assert (len(captured), Notification.objects.count()) == (24, count)


@pytest.mark.parametrize("count", [1, 50])
def test_an_acceptance_costs_the_same_among_one_helper_and_fifty(count, ada, course, modules, helper, committed):
    helpers_of(course, count - 1)
    summons = committed(request_help, course_id=course.pk, by=ada)
    availability.refresh_available(course.pk)
    with CaptureQueriesContext(connection) as captured:
        committed(accept_summons, summons_id=summons.pk, by=helper)
    assert len(captured) == 20
