"""Everybody at one moment, each on a connection of their own: one match, one session, one summons, one final state."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from courses.services import enrol
from helpdesk.models import HelpSession, HelpSummons, SummonsOffer
from helpdesk.sessions.errors import HelperBusy
from helpdesk.summons.errors import AlreadyTaken, AlreadyYours, Cancelled, Expired, NotPending
from helpdesk.summons.services import telling
from helpdesk.summons.services.answering import accept_summons
from helpdesk.summons.services.calling import cancel_summons, expire_summons, request_help
from helpdesk.summons.services.ending import complete_summons
from helpdesk.summons.services.offers import decline_offer
from helpdesk.summons.services.waves import widen
from peerloop.core.errors import Refusal
from peerloop.core.notifications.models import Notification
from tests.factories.helpdesk import helpers_of, let_time_run_out

ORDERS = list(permutations(["accept", "cancel", "expire"]))

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(jobs):
    """Start all `jobs` together; what each returned, or the class of the refusal it met, in their order."""
    barrier = Barrier(len(jobs))

    def run(job):
        try:
            barrier.wait(timeout=60)
            return job()
        except Refusal as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.fixture
def told(monkeypatch) -> list[str]:
    """The names of the events of summons that were told after commit, without those on dashboards."""
    names: list[str] = []
    publish = telling.publish

    def listen(event, **about):
        if event.name in ("matched", "timeout", "cancelled"):
            names.append(event.name)
        publish(event, **about)

    monkeypatch.setattr(telling, "publish", listen)
    return names


@pytest.mark.covers("HELP-89")
def test_of_fifty_helpers_who_accept_at_once_exactly_one_is_matched(summons, helper, course, told):
    helpers = [helper, *helpers_of(course, 49)]
    outcomes = at_once([lambda each=each: accept_summons(summons_id=summons.pk, by=each) for each in helpers])
    assert outcomes.count(AlreadyTaken) == 49
    [winner] = [each for each, outcome in zip(helpers, outcomes, strict=True) if outcome is not AlreadyTaken]
    session = HelpSession.objects.get()
    assert (session.helper, HelpSummons.objects.get().responder, session.status) == (winner, winner, "active")
    assert (told, Notification.objects.filter(kind="summon").count()) == (["matched"], 0)


@pytest.mark.covers("REC-13")
def test_of_two_summons_that_one_helper_accepts_at_once_one_becomes_a_session(summons, helper, course, mei):
    enrol(course=course, by=mei)
    second = request_help(course_id=course.pk, by=mei)
    jobs = [lambda each=each: accept_summons(summons_id=each.pk, by=helper) for each in (summons, second)]
    assert at_once(jobs).count(HelperBusy) == 1
    assert HelpSession.objects.count() == 1
    assert sorted(HelpSummons.objects.values_list("status", flat=True)) == ["accepted", "pending"]


@pytest.mark.covers("REC-13")
def test_ten_presses_at_once_make_one_summons(ada, course, helper):
    outcomes = at_once([lambda: request_help(course_id=course.pk, by=ada)] * 10)
    assert {each.pk for each in outcomes} == {HelpSummons.objects.get().pk}
    assert Notification.objects.filter(kind="summon").count() == 1


@pytest.mark.parametrize("order", ORDERS)
def test_acceptance_cancellation_and_time_out_agree_on_one_end(order, summons, helper, ada, told):
    let_time_run_out(summons)
    check_one_end(order, summons, helper, ada, told)


@pytest.mark.covers("HELP-89")
@pytest.mark.parametrize("order", ORDERS)
def test_the_same_while_there_is_time_left(order, summons, helper, ada, told):
    check_one_end(order, summons, helper, ada, told)


def check_one_end(order, summons, helper, ada, told):
    verbs = {
        "accept": lambda: accept_summons(summons_id=summons.pk, by=helper),
        "cancel": lambda: cancel_summons(summons_id=summons.pk, by=ada),
        "expire": lambda: expire_summons(summons_id=summons.pk),
    }
    outcomes = dict(zip(order, at_once([verbs[each] for each in order]), strict=True))
    status = HelpSummons.objects.get().status
    expected = {
        "accepted": {"accept": summons, "cancel": NotPending, "expire": False},
        "cancelled": {"accept": Cancelled, "cancel": summons, "expire": False},
        "timed_out": {"accept": Expired, "cancel": NotPending, "expire": True},
    }[status]
    # Whoever came while the time was over, before it was closed, heard that it was over.
    assert outcomes == expected | ({"accept": Expired} if outcomes["accept"] is Expired else {})
    assert told == [{"accepted": "matched", "cancelled": "cancelled", "timed_out": "timeout"}[status]]
    assert HelpSession.objects.count() == (1 if status == "accepted" else 0)


def test_of_many_sweepers_at_once_one_tells_the_next_wave(ada, course, nobody_here, settings):
    settings.PEERLOOP = replace(settings.PEERLOOP, SUMMON_WAVE_SIZE=2)
    helpers_of(course, 12)
    summons = request_help(course_id=course.pk, by=ada)
    HelpSummons.objects.update(next_wave_at=timezone.now() - timedelta(seconds=1))
    outcomes = at_once([lambda: widen(summons_id=summons.pk)] * 8)
    assert sorted(outcomes) == [False] * 7 + [True]
    told = Notification.objects.filter(kind="summon").values_list("recipient", flat=True)
    assert (SummonsOffer.objects.count(), len(told), len(set(told))) == (6, 6, 6)


def test_declining_and_accepting_at_once_leave_one_truth(summons, helper, course):
    other = helpers_of(course, 1)[0]
    jobs = [
        lambda: decline_offer(summons_id=summons.pk, by=helper),
        lambda: decline_offer(summons_id=summons.pk, by=helper),
        lambda: accept_summons(summons_id=summons.pk, by=other),
    ]
    *declined, accepted = at_once(jobs)
    assert (accepted.responder, accepted.status) == (other, "accepted")
    # Whoever came before the acceptance declined, whoever came after it heard that it is taken; never half of it.
    answer = SummonsOffer.objects.get(helper=helper).answer
    assert [AlreadyTaken, AlreadyTaken] == declined if answer == "" else AlreadyTaken not in declined
    assert SummonsOffer.objects.get(helper=other).answer == "accepted"


def test_a_helper_who_accepts_and_declines_on_two_devices_has_accepted(summons, helper):
    jobs = [
        lambda: accept_summons(summons_id=summons.pk, by=helper),
        lambda: decline_offer(summons_id=summons.pk, by=helper),
    ]
    accepted, declined = at_once(jobs)
    assert (accepted.responder, HelpSummons.objects.get().status) == (helper, "accepted")
    assert SummonsOffer.objects.get().answer == "accepted"
    assert declined is AlreadyYours or declined.answer in ("declined", "accepted")


def test_when_both_end_the_session_at_once_both_hear_the_same(accepted, ada, helper):
    outcomes = at_once([lambda by=by: complete_summons(summons_id=accepted.pk, by=by) for by in (ada, helper)])
    assert outcomes[0] == outcomes[1]
    assert HelpSummons.objects.get().status == "completed"
