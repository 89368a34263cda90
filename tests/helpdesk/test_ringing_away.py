"""A call reaches helpers whose phone is locked: by push alone, where they want it, and without counting them."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.services import certify
from helpdesk.models import HelperLimits, HelpSummons, SummonsOffer
from helpdesk.summons import errors, tasks
from helpdesk.summons.services import ringing
from helpdesk.summons.services.calling import request_help
from peerloop.core.accounts.services import system
from peerloop.core.notifications.models import Notification, Preference
from peerloop.core.presence.services import set_availability
from tests.factories.helpdesk import arrive, depart, helpers_of

pytestmark = pytest.mark.django_db


def told() -> set[str]:
    return set(SummonsOffer.objects.values_list("helper__username", flat=True))


@pytest.fixture
def away(mei, course, helper):
    """Mei has switched on and has no page open; Ben has one."""
    certify(user=mei, course=course, by=system())
    mei.refresh_from_db()
    set_availability(user=mei, available=True, by=mei)
    return mei


@pytest.fixture
def call(ada, course, committed):
    """`call()`: Ada calls, and the bells ring."""
    return lambda: committed(request_help, course_id=course.pk, message="Too thick.", by=ada)


@pytest.mark.covers("HELP-87", "REC-40")
def test_a_locked_phone_rings_and_takes_the_call(call, away, browser_of, ada, course):
    phone = browser_of(away)
    summons = call()
    assert (summons.helpers_available, told()) == (1, {"ben", "mei"})
    [shown] = phone.read
    assert (shown["title"], shown["body"]) == (f"Student needs help in {course.title}", "Too thick.")
    answer = Client().post(shown["actions"][0]["address"], {"device": shown["device"]})
    assert answer.json() == {"url": f"/summons/{summons.pk}", "title": "You are connected with Ada Lind"}
    assert HelpSummons.objects.get().responder == away


@pytest.mark.covers("REC-16")
def test_without_anybody_connected_there_is_no_call_though_a_phone_could_ring(call, away, helper, browser_of):
    phone = browser_of(away)
    depart(helper)
    with pytest.raises(errors.NoHelpers):
        call()
    assert phone.read == []


def no_device(mei, browser_of):
    """Nothing reaches her."""


def switched_off(mei, browser_of):
    browser_of(mei)
    set_availability(user=mei, available=False, by=mei)


def no_push_of_calls(mei, browser_of):
    browser_of(mei)
    Preference.objects.create(user=mei, kind="summon", channel="push", on=False)


def quiet(mei, browser_of):
    browser_of(mei)
    HelperLimits.objects.create(user=mei, quiet_from=time(0), quiet_until=time(23, 59, 59))


@pytest.mark.parametrize("why", [no_device, switched_off, no_push_of_calls, quiet])
def test_who_cannot_or_will_not_come_is_left_alone(call, away, browser_of, why):
    why(away, browser_of)
    call()
    assert told() == {"ben"}
    assert set(Notification.objects.values_list("recipient__username", flat=True)) == {"ben"}


def test_who_has_a_page_open_is_told_there_and_nobody_twice(call, away, browser_of):
    phone = browser_of(away)
    arrive(away)
    summons = call()
    assert (summons.helpers_available, told()) == (2, {"ben", "mei"})
    depart(away)
    tasks.sweep_summons()
    assert (len(phone.read), SummonsOffer.objects.count()) == (1, 2)


def test_in_waves_as_many_locked_phones_ring_as_open_pages(call, away, browser_of, course, settings):
    settings.PEERLOOP = replace(settings.PEERLOOP, SUMMON_WAVE_SIZE=1)
    for each in [away, *helpers_of(course, 3)]:
        browser_of(each)
        depart(each)
    summons = call()
    assert SummonsOffer.objects.count() == 2
    HelpSummons.objects.update(next_wave_at=timezone.now() - timedelta(seconds=1))
    tasks.sweep_summons()
    assert dict(summons.offers.values_list("helper__username", "wave"))["ben"] == 1
    assert sorted(summons.offers.values_list("wave", flat=True)) == [1, 1, 2, 2]


@pytest.mark.parametrize("count", [1, 30])
def test_ringing_costs_the_same_for_few_and_for_many(count, ada, course, helper, browser_of):
    for each in helpers_of(course, count):
        browser_of(each)
        depart(each)
    summons = request_help(course_id=course.pk, by=ada)
    with CaptureQueriesContext(connection) as captured:
        ringing.ring(summons_id=summons.pk, helper_ids=[helper.pk])
    assert (len(captured), SummonsOffer.objects.count()) == (16, 1 + count)
