"""Helpers hear in waves when the settings say so: the best candidates first, then wider, each helper once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from helpdesk.models import HelpSession, HelpSummons, SummonsOffer
from helpdesk.summons import queries, tasks
from helpdesk.summons.services import waves
from helpdesk.summons.services.answering import accept_summons
from helpdesk.summons.services.calling import cancel_summons, request_help
from helpdesk.summons.services.offers import decline_offer
from helpdesk.summons.services.waves import widen
from peerloop.core.notifications.models import Notification
from tests.factories.helpdesk import available, depart, helpers_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def waves_of(settings):
    def turn_on(size: int) -> None:
        settings.PEERLOOP = replace(settings.PEERLOOP, SUMMON_WAVE_SIZE=size)

    return turn_on


@pytest.fixture
def helpers(course, nobody_here):
    return helpers_of(course, 8)


def heard(summons) -> dict[str, int]:
    return dict(SummonsOffer.objects.filter(summons=summons).values_list("helper__username", "wave"))


def let_the_wave_come(summons) -> None:
    HelpSummons.objects.filter(pk=summons.pk).update(next_wave_at=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def called(waves_of, helpers, ada, course):
    """Ada has called; of eight helpers one was told."""
    waves_of(1)
    return request_help(course_id=course.pk, by=ada)


def test_without_the_setting_everybody_hears_at_once(helpers, ada, course, committed):
    summons = committed(request_help, course_id=course.pk, by=ada)
    assert (set(heard(summons).values()), len(heard(summons)), summons.next_wave_at) == ({1}, 8, None)
    tasks.sweep_summons()
    assert HelpSummons.objects.get().waves == 1


def test_each_wave_is_twice_as_large_and_tells_each_helper_once(called):
    sizes = [len(heard(called))]
    for _ in range(4):
        let_the_wave_come(called)
        tasks.sweep_summons()
        sizes.append(len(heard(called)))
    assert sizes == [1, 3, 7, 8, 8]
    told = Notification.objects.filter(kind="summon").values_list("recipient", flat=True)
    assert (len(told), len(set(told))) == (8, 8)
    assert called.helpers_available == 8


def test_only_those_hear_on_the_dashboard_whose_wave_has_come(called, helpers):
    assert [each.username for each in helpers if queries.incoming(each)] == list(heard(called))


def test_a_wave_does_not_come_before_its_time(called):
    assert called.next_wave_at - called.created_at == timedelta(seconds=15)
    assert widen(summons_id=called.pk) is False
    tasks.sweep_summons()
    tasks.next_wave(str(called.pk))
    assert len(heard(called)) == 1


def test_the_job_is_ordered_for_the_time_in_the_row_and_a_lost_one_is_made_good(
    waves_of, helpers, ada, course, monkeypatch, django_capture_on_commit_callbacks
):
    ordered = []

    def lose(**order) -> None:
        ordered.append(order)
        raise ConnectionError("the broker is away")

    waves_of(2)
    monkeypatch.setattr(tasks.next_wave, "apply_async", lose)
    with django_capture_on_commit_callbacks(execute=True):
        summons = request_help(course_id=course.pk, by=ada)
    assert ordered == [{"args": [str(summons.pk)], "eta": summons.next_wave_at}]
    let_the_wave_come(summons)
    tasks.sweep_summons()
    assert len(heard(summons)) == 6


def test_a_wave_that_is_undone_tells_nobody_and_comes_again(called, monkeypatch):
    def crash(*args, **about) -> None:
        raise RuntimeError("killed")

    let_the_wave_come(called)
    with monkeypatch.context() as broken:
        broken.setattr(waves, "tell_summoned", crash)
        with pytest.raises(RuntimeError):
            widen(summons_id=called.pk)
    assert len(heard(called)) == 1
    assert widen(summons_id=called.pk) is True
    assert len(heard(called)) == 3


def test_who_becomes_available_later_is_in_the_next_wave(called, helpers):
    [first] = heard(called)
    late = next(each for each in helpers if each.username != first)
    depart(*helpers)
    let_the_wave_come(called)
    assert widen(summons_id=called.pk) is True
    assert heard(called) == {first: 1}
    available(late)
    let_the_wave_come(called)
    widen(summons_id=called.pk)
    assert heard(called) == {first: 1, late.username: 3}


def test_the_least_busy_hear_first_and_of_them_who_was_idle_the_longest(waves_of, helpers, ada, mei, course):
    now = timezone.now()
    busy, recent, long_ago, *never = helpers
    HelpSession.objects.create(
        student=mei, helper=busy, course=course, status="ended", started_at=now, ended_at=now, duration=0
    )
    earlier = HelpSummons.objects.create(student=mei, course=course, status="cancelled", expires_at=now)
    for helper, ago in ((recent, 1), (long_ago, 9)):
        SummonsOffer.objects.create(summons=earlier, helper=helper, created_at=now - timedelta(hours=ago))
    asked = [each.pk for each in (busy, recent, long_ago, never[0])]
    assert queries.best_first(asked) == [each.pk for each in (never[0], long_ago, recent, busy)]


def test_when_everybody_who_was_told_declines_the_next_wave_goes_out_at_once(called, helpers):
    [first] = [each for each in helpers if each.username in heard(called)]
    decline_offer(summons_id=called.pk, by=first)
    assert sorted(heard(called).values()) == [1, 2, 2]
    second, third = [each for each in helpers if heard(called).get(each.username) == 2]
    decline_offer(summons_id=called.pk, by=second)
    assert len(heard(called)) == 3
    decline_offer(summons_id=called.pk, by=third)
    assert sorted(heard(called).values()) == [1, 2, 2, 3, 3, 3, 3]


def test_who_was_not_told_yet_may_still_accept(called, helpers):
    [other, *_] = [each for each in helpers if each.username not in heard(called)]
    assert accept_summons(summons_id=called.pk, by=other).responder == other
    assert heard(called)[other.username] == 0
    let_the_wave_come(called)
    assert widen(summons_id=called.pk) is False


def test_what_is_over_sends_out_no_wave(called, ada):
    cancel_summons(summons_id=called.pk, by=ada)
    let_the_wave_come(called)
    tasks.sweep_summons()
    assert len(heard(called)) == 1


@pytest.mark.parametrize("count", [3, 40])
def test_a_wave_costs_the_same_for_few_helpers_and_for_many(count, waves_of, ada, course, nobody_here):
    waves_of(1)
    helpers_of(course, count)
    called = request_help(course_id=course.pk, by=ada)
    let_the_wave_come(called)
    with CaptureQueriesContext(connection) as captured:
        widen(summons_id=called.pk)
    assert (len(captured), len(heard(called))) == (9, 3)
