"""People on two web processes press at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from courses.services import enrol
from helpdesk.models import HelpSession, HelpSummons
from helpdesk.sessions import events as talk
from helpdesk.sessions.errors import HelperBusy
from helpdesk.summons import events
from helpdesk.summons.services import ringing
from peerloop.core.notifications.models import Notification
from peerloop.core.realtime import groups
from peerloop.core.realtime.services import publish
from tests.factories.helpdesk import helpers_of
from tests.support.desk import Program
from tests.support.site import Site
from tests.support.wire import Wire

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sites(web, other_web) -> tuple[Site, Site]:
    return web, other_web


def at_once(jobs: list[Callable[[], Any]]) -> list[Any]:
    """Start all `jobs` together; what each returned, in their order."""
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        barrier.wait(timeout=60)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def kinds(wire: Wire, group: str) -> list[str]:
    """The types of all frames up to now: what was told to the group before, comes before the mark that is told now."""
    publish(events.WaitingCount(count=777), to=group)
    wire.next("helpers_available", count=777)
    return [each["type"] for each in wire.heard]


@pytest.mark.covers("HELP-89", "HELP-93", "HELP-96")
def test_of_fifty_helpers_one_is_matched_and_everybody_hears_it_once(sites, summons, ada, course, helper):
    people = [helper, *helpers_of(course, 49)]
    programs = [Program(each) for each in people]
    first, second = sites
    with (
        Program(ada).at(first, summons) as adas,
        programs[0].anywhere(first) as one,
        programs[1].anywhere(second) as other,
    ):
        for wire, question in ((adas, {}), (one, {"type": "ping"}), (other, {"type": "ping"})):
            if question:
                wire.send(**question)
            wire.next("pong" if question else "helpers_available")
        presses = [lambda n=n, each=each: each.accept(sites[n % 2], summons) for n, each in enumerate(programs)]
        outcomes = at_once(presses)
        adas_kinds = kinds(adas, talk.session(summons.pk))
        helpers_kinds = [kinds(wire, groups.person(who.pk)) for wire, who in zip((one, other), people, strict=False)]
    winner = people[outcomes.index((200, ""))]
    assert sorted(outcomes) == [(200, "")] + [(409, "Somebody else is already helping.")] * 49
    [matched] = [each for each in adas.heard if each["type"] == "matched"]
    assert (matched["helper"]["id"], adas_kinds.count("matched")) == (str(winner.pk), 1)
    assert [each.count("summon_closed") for each in helpers_kinds] == [1, 1]
    assert (HelpSession.objects.get().helper, HelpSummons.objects.get().responder) == (winner, winner)
    ringing.ring_due()  # the worker's part: there is none here
    assert Notification.objects.filter(kind="summon").count() == 0


@pytest.mark.covers("REC-13")
def test_one_helper_who_accepts_two_summons_at_once_has_one_session(sites, summons, course, helper, mei):
    enrol(course=course, by=mei)
    second = Program(mei).call(sites[1], course)
    bens = Program(helper)
    jobs = [lambda n=n, each=each: bens.accept(sites[n % 2], each) for n, each in enumerate([summons, second] * 3)]
    outcomes = at_once(jobs)
    # Whoever won a summons gets it again by accepting again; the other one is refused each time.
    busy = (409, HelperBusy.text)
    assert sorted(outcomes) == [(200, "")] * 3 + [busy] * 3
    session = HelpSession.objects.get()
    assert sorted(HelpSummons.objects.values_list("status", "session")) == [
        ("accepted", session.pk),
        ("pending", None),
    ]


@pytest.mark.covers("REC-13")
def test_ten_presses_of_one_student_in_two_tabs_are_one_summons_that_is_told_once(sites, ada, course, helper):
    adas, bens = Program(ada), Program(helper)
    with bens.anywhere(sites[0]) as wire:
        wire.send(type="ping")
        wire.next("pong")
        body = {"course_id": str(course.pk), "message": "Help"}
        jobs = [lambda n=n: adas.post(sites[n % 2], "/api/help/request", **body) for n in range(10)]
        outcomes = at_once(jobs)
        told = kinds(wire, groups.person(helper.pk))
    stored = HelpSummons.objects.get()
    assert {(status, made["request_id"]) for status, made in outcomes} == {(201, str(stored.pk))}
    assert told.count("summon") == 1
    ringing.ring_due()
    assert Notification.objects.filter(kind="summon", recipient=helper).count() == 1
