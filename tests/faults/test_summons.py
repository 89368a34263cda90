"""Server, worker, beat and Redis are killed in every state of a summons: each reaches its right end, and once."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from courses.models import Course
from courses.services import enrol
from goodwill.models import Transaction
from helpdesk.models import HelperRecord, HelpSession, HelpSummons
from helpdesk.summons.errors import NoHelpers
from helpdesk.summons.services.answering import accept_summons
from helpdesk.summons.services.calling import request_help
from peerloop.core.accounts.models import User
from peerloop.core.notifications.models import Notification
from peerloop.core.presence.services import set_availability
from peerloop.supervisor.embedded import socket_path
from tests.factories.helpdesk import age, arrive, helpers_of, let_time_run_out
from tests.factories.people import person
from tests.support.desk import Program
from tests.support.processes import wait_until
from tests.support.site import Site, running_site, web_process
from tests.support.tab import background_tab
from tests.support.wire import Wire

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

# By what each process is found among those of the site.
VICTIMS = {"web": "manage.py serve", "worker": "--quiet worker", "beat": "--quiet beat", "redis": "--unixsocket"}
QUICK = {"PEERLOOP_SECONDS_BETWEEN_MESSAGES": "0", "PEERLOOP_PRESENCE_GRACE_SECONDS": "6"}
GRACE = int(QUICK["PEERLOOP_PRESENCE_GRACE_SECONDS"])
PEER = str(uuid4())


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker, valkey, tmp_path_factory) -> Iterator[Site]:
    """A whole site with a Redis of its own, which the tests may kill."""
    folder = tmp_path_factory.mktemp("site")
    with django_db_blocker.unblock(), running_site(folder, own_redis=True, **QUICK) as running:
        yield running


class Pair:
    """A student who has called, and the helper who may come. Each has the sockets that their pages would have."""

    def __init__(self, site: Site, course, student, helper, lines: ExitStack) -> None:
        self.site, self.lines = site, lines
        self.student, self.helper = Program(student), Program(helper)
        self.summons = self.student.call(site, course)
        self.students, self.helpers = self.listen(), None

    @property
    def now(self) -> HelpSummons:
        return HelpSummons.objects.with_all().get(pk=self.summons.pk)

    def listen(self) -> Wire:
        """The student's socket, open and heard."""
        wire = self.lines.enter_context(self.student.at(self.site, self.summons))
        wire.send(type="ping")
        wire.next("pong")
        return wire

    def told(self, kind: str) -> int:
        """How often the student was told so on the present socket."""
        self.students.listen(0.1)
        return [each["type"] for each in self.students.heard].count(kind)

    def accept(self) -> None:
        assert self.helper.accept(self.site, self.summons) == (200, "")

    def meet(self) -> None:
        """Both open their pages, for the first time or after a restart."""
        self.students = self.listen()
        self.helpers = self.lines.enter_context(self.helper.at(self.site, self.summons))
        self.helpers.next("student_joined")

    def complete(self) -> dict:
        status, done = self.student.post(self.site, f"/api/help/{self.summons.pk}/complete", ended_by="student")
        assert status == 200, done
        return done

    def thank(self) -> int:
        about = {"recipient_id": str(self.helper.user.pk), "reference_id": str(self.summons.pk)}
        return self.student.post(self.site, "/api/goodwill/award", points=15, reason="summon_help", **about)[0]


@pytest.fixture
def pairs(site, course) -> Iterator[list[Pair]]:
    """Six students wait, and six helpers are there."""
    helpers = helpers_of(course, 6)
    students = [person(f"student-{number}") for number in range(6)]
    for student in students:
        enrol(course=course, by=student)
    with ExitStack() as lines:
        for helper in helpers:
            wire = lines.enter_context(Program(helper).anywhere(site))
            wire.send(type="ping")
            wire.next("pong")
        yield [Pair(site, course, *two, lines) for two in zip(students, helpers, strict=True)]


def leave_long_ago(pair: Pair) -> None:
    """The helper went after six minutes, a quarter of an hour ago, and nobody has noticed."""
    now = timezone.now()
    times = {"started_at": now - timedelta(minutes=21), "helper_left_at": now - timedelta(minutes=15)}
    HelpSession.objects.filter(pk=pair.summons.pk).update(**times)


@pytest.mark.covers("HELP-65", "HELP-124", "REC-11", "REC-38")
@pytest.mark.parametrize("victim", VICTIMS)
def test_whatever_is_killed_every_summons_reaches_its_right_end_once(victim, site, pairs):
    waiting, overdue, talking, calling, left, unthanked = pairs
    for pair in (talking, calling, left, unthanked):
        pair.accept()
    talking.meet()
    calling.meet()
    assert calling.helper.post(site, f"/api/help/{calling.summons.pk}/video")[0] == 200
    age(unthanked.now.session, seconds=361)
    unthanked.complete()

    site.kill(VICTIMS[victim])
    let_time_run_out(overdue.summons)
    leave_long_ago(left)
    if victim in ("web", "redis"):
        wait_until(lambda: site.get("/readyz") != 200)
        site.wait_for("/readyz")

    # What nobody touches any more is closed by the clock.
    wait_until(lambda: (overdue.now.status, left.now.status) == ("timed_out", "completed"), 60)
    assert (left.now.session.ended_by, left.now.session.duration) == ("system", 360)
    for pair, end in ((overdue, "timeout"), (left, "session_ended")):
        if victim in ("worker", "beat"):  # whoever listened has heard it; else the socket, or the frame, may be lost
            pair.students.next(end)
        assert pair.told(end) <= 1
        pair.students = pair.listen()
        assert pair.told(end) == 1
    # Who waits is found.
    waiting.students = waiting.listen()
    waiting.accept()
    assert waiting.students.next("matched")["helper"]["id"] == str(waiting.helper.user.pk)
    # The talk goes on, and ends for both.
    talking.meet()
    talking.students.send(type="message", content="Still there?", client_id=PEER)
    assert talking.helpers.next("message")["data"]["content"] == "Still there?"
    talking.helpers.send(type="end_session")
    assert talking.students.next("session_ended") == talking.helpers.next("session_ended")
    # So does the call, which is opened no second time.
    calling.meet()
    calling.helpers.send(type="call_join", peer=PEER)
    assert calling.students.next("call_joined")["peer"] == PEER
    assert "video_started" not in {each["type"] for each in calling.students.heard}
    assert calling.complete() == calling.complete()
    # And thanks are given once.
    assert (unthanked.thank(), unthanked.thank()) == (200, 409)
    check_the_books(pairs)


def check_the_books(pairs: list[Pair]) -> None:
    """Each has its right end; sessions, completed sessions and thanks were counted once; no bell rings any more."""
    ends = ["accepted", "timed_out", "completed", "completed", "completed", "completed"]
    assert [pair.now.status for pair in pairs] == ends
    assert HelpSession.objects.count() == 5
    counts = HelperRecord.objects.order_by("user__username").values_list("user__username", "completed_sessions")
    assert list(counts) == [(f"helper-{number}", 1) for number in (2, 3, 4, 5)]
    assert Transaction.objects.filter(reason="summon_help").count() == 1
    assert Notification.objects.filter(kind="summon").count() == 0


# -- who is there ----------------------------------------------------------------------------------------------------


def modal(site: Site, user: User, course: Course) -> Wire:
    """The socket of an open dialog, before anybody is called."""
    return Wire(site, course, user, path=f"/api/help/available?course_id={course.pk}")


def close_the_lid(laptop: Wire) -> None:
    """The line stays open, and nothing comes from the other end any more, not even the answer to a ping."""
    laptop.socket.protocol.send_frame = lambda _frame: None


@pytest.fixture
def switched_on(ben, course) -> User:
    """Ben would help, once he is there."""
    ben.refresh_from_db()
    set_availability(user=ben, available=True, by=ben)
    return ben


@pytest.mark.covers("HELP-28", "HELP-119", "REC-40")
def test_a_helper_who_closed_the_laptop_is_offered_no_more_and_who_waits_sees_the_last_one_go(
    site, ada, mei, switched_on, course
):
    enrol(course=course, by=mei)
    adas = Program(ada)
    with Program(switched_on).anywhere(site) as laptop:
        laptop.send(type="ping")
        laptop.next("pong")
        summons = adas.call(site, course)
        with adas.at(site, summons) as waiting:
            waiting.next("helpers_available", count=1)
            close_the_lid(laptop)
            # The grace, and half a second more until the server looks; the rest is for a machine that is busy.
            waiting.next("helpers_available", seconds=3 * GRACE, count=0)
        refused = Program(mei).post(site, "/api/help/request", course_id=str(course.pk))
    assert refused == (409, {"error": NoHelpers.text})


@pytest.mark.covers("HELP-119", "HELP-120")
def test_a_helper_of_a_killed_process_is_offered_no_more(site, ada, switched_on, course, tmp_path):
    redis = f"unix://{socket_path(Path(site.environment['PEERLOOP_VAR']))}"
    with Program(ada).anywhere(site), modal(site, ada, course) as dialog:
        dialog.next("helpers_available", count=0)
        with web_process(tmp_path, REDIS_URL=redis, **QUICK) as second, Program(switched_on).anywhere(second):
            dialog.next("helpers_available", count=1)
            second.process.send(signal.SIGKILL)
            dialog.next("helpers_available", count=0)


@pytest.mark.browser
@pytest.mark.covers("REC-40")
def test_a_helper_whose_tab_sleeps_in_the_background_can_be_called(
    site, ada, switched_on, course, chromium, transactional_db
):
    with background_tab(chromium) as tab, modal(site, ada, course) as dialog:
        tab.open(site, "/helper/dashboard", switched_on)
        dialog.until(lambda: dialog.heard[-1].get("count") == 1)
        tab.sleep()
        already = len(dialog.heard)
        dialog.listen(2 * GRACE + 1)
        assert [each["count"] for each in dialog.heard[already:] if each["type"] == "helpers_available"] == []
        Program(ada).call(site, course)
        # It slept, while the site pinged it, and was answered.
        tab.wake_up()
        assert tab.says("[...life, ticks < 20]") == ["hidden", "freeze", True]
        wait_until(lambda: tab.says("document.querySelectorAll('[data-offer]').length") == 1)


# -- what nobody could tell ------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.covers("HELP-88", "HELP-93", "REC-38")
def test_what_happened_while_redis_was_away_shows_without_a_reload(site, ada, switched_on, mei, course, windows):
    windows.expect_problem("WebSocket connection to", "500 (Internal Server Error)")
    adas, bens = windows.open(site, ada), windows.open(site, switched_on)
    with bens.expect_websocket(lambda socket: "/api/me/connect" in socket.url):
        bens.goto("/helper/dashboard")
    with modal(site, ada, course) as dialog:
        dialog.until(lambda: dialog.heard[-1].get("count") == 1)
    summons = Program(ada).call(site, course)
    expect(bens.locator("[data-offer]")).to_have_count(1)
    assert Program(switched_on).post(site, f"/api/help/{summons.pk}/decline")[0] == 200
    expect(bens.locator("[data-offer]")).to_have_count(0)
    with adas.expect_websocket(lambda socket: "/api/help/connect" in socket.url) as socket:
        adas.goto(f"/summons/{summons.pk}")
    socket.value.wait_for_event("framereceived")

    site.kill(VICTIMS["redis"])
    # Told on the Redis of the tests alone: as by a process that was killed in between.
    accept_summons(summons_id=summons.pk, by=helpers_of(course, 1)[0])
    # The helper is on the way, so that no absence is told instead.
    HelpSession.objects.update(helper_left_at=timezone.now() + timedelta(minutes=1))
    enrol(course=course, by=mei)
    arrive(switched_on)
    request_help(course_id=course.pk, by=mei)

    expect(adas.locator("#summon")).to_have_attribute("data-state", "connected", timeout=60_000)
    expect(bens.locator("[data-offer]")).to_contain_text("Mei Tan", timeout=60_000)
