"""Redis is killed: what needs only the database goes on at once, for everybody; the rest says what to do next."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.urls import get_resolver

from chat.models import ChatMessage
from helpdesk.models import HelpRequest, HelpResponse, HelpSummons
from helpdesk.summons.errors import HelpersUnknown
from peerloop.api import api
from peerloop.core.accounts.adapter import SENTENCES
from peerloop.core.accounts.models import CountedAttempt, User
from peerloop.core.moderation.models import Flag
from peerloop.core.presence.models import Availability
from tests.factories.threads import TEXT
from tests.support.doors import ELSEWHERE, address, own_addresses
from tests.support.site import FAST, Site, web_process
from tests.support.valkey import running_valkey
from tests.support.visitors import Visitor
from tests.support.wire import Wire

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

DASHBOARD, SIGN_IN, SUMMONS = "/dashboard", "/accounts/login/", "/summons"
VIVI = {"name": "Vivi", "username": "vivi", "email": "vivi@example.com", "password1": "a slow brush"}


class Redis:
    """The site's own, which comes and goes."""

    def __init__(self, url: str) -> None:
        self.url, self.is_there, self._running = url, False, ExitStack()

    def start(self) -> None:
        if not self.is_there:
            self._server, self.is_there = self._running.enter_context(running_valkey(self.url)), True

    def kill(self) -> None:
        if self.is_there:
            self._server.kill()
            self._running.close()
            self.is_there = False


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory) -> Iterator[Redis]:
    redis = Redis(f"unix://{tmp_path_factory.mktemp('redis')}/r.sock")
    redis.start()
    yield redis
    redis.kill()


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker, valkey, own_redis, tmp_path_factory) -> Iterator[Site]:
    with (
        django_db_blocker.unblock(),
        web_process(tmp_path_factory.mktemp("site"), REDIS_URL=own_redis.url, **FAST) as running,
    ):
        yield running


@pytest.fixture(autouse=True)
def all_written(transactional_db) -> Iterator[None]:
    """The site writes what it counts a second later, and complains if the people of the test are gone by then."""
    yield
    time.sleep(1.5)


@pytest.fixture
def away(site, own_redis) -> Site:
    own_redis.kill()
    return site


def reads(places: dict[str, Any]) -> list[str]:
    """Every address of the house that can be read, pages and programs' ones."""
    paths = api.get_openapi_schema()["paths"]
    pages = [address(name, places) for name in own_addresses(get_resolver())]
    return pages + [in_place(path, places) for path, methods in paths.items() if "get" in methods]


def in_place(path: str, places: dict[str, Any]) -> str:
    return re.sub(r"{(\w+)}", lambda found: str(places.get(found[1], ELSEWHERE)), path)


def statuses(visitor: Visitor, paths: list[str]) -> dict[str, int]:
    return {path: visitor.get(path).status for path in paths}


# -- everything ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ada", "ben", "nobody"])
def test_every_address_answers_as_before_and_at_once(name, site, own_redis, places):
    own_redis.start()
    visitor = Visitor(site, User.objects.filter(username=name).first())
    before = statuses(visitor, reads(places))
    assert {path for path, status in before.items() if status >= 500} == {"/readyz"}  # there is no worker
    assert (before["/"], before["/courses"]) == (200 if name == "nobody" else 302, 200)
    own_redis.kill()
    visitor.late.clear()
    assert statuses(visitor, reads(places)) == before
    assert visitor.late == {}


@pytest.mark.parametrize("name", ["ada", "ben", "nobody"])
def test_whatever_is_pressed_nothing_breaks(name, away, places):
    visitor = Visitor(away, User.objects.filter(username=name).first())
    pages = {
        path: visitor.post(path).status for path in [address(each, places) for each in own_addresses(get_resolver())]
    }
    programs = {
        (method, path): visitor.call(method.upper(), in_place(path, places)).status
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
        if method != "get"
    }
    assert {where: status for where, status in {**pages, **programs}.items() if status >= 500} == {}
    assert visitor.late == {}


def test_probes_say_what_is_missing(away):
    anybody = Visitor(away)
    assert anybody.get("/healthz").json == {"status": "ok"}
    ready = anybody.get("/readyz")
    assert (ready.status, ready.json["checks"]["database"]) == (503, "ok")
    assert ready.json["checks"]["redis"] == "Redis does not answer (ConnectionError)."
    assert ready.json["checks"]["worker"] == "Cannot be known without Redis."


# -- what people do --------------------------------------------------------------------------------------------------


def test_people_talk_and_ask_and_answer(away, ada, ben, course, question):
    adas, bens = Visitor(away, ada), Visitor(away, ben)
    said = adas.post(f"/courses/{course.pk}/chat/messages", content="Is anybody there?", is_question="on")
    assert (said.status, ChatMessage.objects.get().content) == (302, "Is anybody there?")
    said = bens.call("POST", f"/api/courses/{course.pk}/chat/messages", content="I am.")
    assert (said.status, ChatMessage.objects.count()) == (201, 2)

    wanted = {
        "title": "A blue cloak",
        "description": TEXT,
        "category": "painting",
        "urgency": "normal",
        "is_public": "on",
    }
    asked = adas.post("/help/requests/new", **wanted)
    assert (asked.status, HelpRequest.objects.filter(title="A blue cloak").count()) == (302, 1)
    answered = bens.post(f"/help/requests/{question.pk}/responses", response_text="Seal it, then glaze.")
    assert (answered.status, HelpResponse.objects.get().responder) == (302, ben)
    flagged = adas.call("POST", "/api/moderation/flags", kind="chat_message", item_id=said.json["id"], reason="spam")
    assert (flagged.status, Flag.objects.count()) == (201, 1)
    paid = adas.post("/customer/request", category="painting", description=TEXT, amount="20", request_id=ELSEWHERE)
    assert (paid.status, adas.get(paid.location).status) == (302, 200)

    profile = {"name": "Ada L.", "username": "ada", "bio": "", "time_zone": "UTC"}
    assert adas.post("/settings", **profile).status == 302
    ada.refresh_from_db()
    assert (ada.name, adas.late, bens.late) == ("Ada L.", {}, {})


def test_a_helper_accepts_ends_and_switches_off(away, ada, helper, summons):
    bens, adas = Visitor(away, helper), Visitor(away, ada)
    assert bens.call("POST", f"/api/help/{summons.pk}/accept").status == 200
    assert adas.get(f"/summons/{summons.pk}").status == 200
    assert bens.post(f"/summons/{summons.pk}/end").status == 302
    assert HelpSummons.objects.get().status == "completed"
    assert bens.call("POST", "/api/users/me/availability/status", available_for_help=False).status == 200
    assert Availability.objects.get(user=helper).is_available is False
    assert (adas.late, bens.late) == ({}, {})


def test_who_waits_cancels(away, ada, summons):
    adas = Visitor(away, ada)
    assert adas.post(f"/summons/{summons.pk}/cancellation").status == 302
    assert (HelpSummons.objects.get().status, adas.late) == ("cancelled", {})


def test_nobody_can_be_called_and_the_question_stays(away, ada, helper, course):
    adas, text = Visitor(away, ada), "My paint is too thick."
    page = adas.post(SUMMONS, course=str(course.pk), message=text)
    assert (page.status, HelpersUnknown.text in page.text, text in page.text) == (503, True, True)
    said = adas.call("POST", "/api/help/request", course_id=str(course.pk))
    assert (said.status, said.json) == (503, {"error": HelpersUnknown.text})
    assert HelpSummons.objects.count() == 0


# -- coming and going ------------------------------------------------------------------------------------------------


def test_somebody_joins_signs_in_and_out(away, transactional_db):
    vivis = Visitor(away)
    joined = vivis.post("/accounts/signup/", **VIVI)
    assert (joined.status, joined.location) == (302, "/accounts/confirm-email/")
    away.process.says("Confirm your email for PeerLoop")
    EmailAddress.objects.update(verified=True)
    entered = vivis.post(SIGN_IN, login="vivi", password=VIVI["password1"])
    assert (entered.status, entered.location, vivis.get(DASHBOARD).status) == (302, DASHBOARD, 200)
    before = vivis.cookies["sessionid"]
    assert vivis.post("/accounts/logout/").status == 302
    vivis.cookies["sessionid"] = before
    assert vivis.get(DASHBOARD).status == 302
    assert vivis.late == {}


def test_wrong_passwords_are_counted_in_the_database(away, ada):
    stranger, wrong = Visitor(away), {"login": "ada", "password": "peerlop"}
    tries = [stranger.post(SIGN_IN, **wrong) for _ in range(6)]
    refused = [SENTENCES["too_many_login_attempts"] in each.text for each in tries]
    assert refused == [False] * 5 + [True]
    assert 'value="ada"' in tries[5].text
    assert SENTENCES["too_many_login_attempts"] in stranger.post(SIGN_IN, login="ada", password="peerloop").text
    assert CountedAttempt.objects.count() > 0


# -- and then --------------------------------------------------------------------------------------------------------


def test_when_redis_is_back_all_is_as_it_was(site, own_redis, ada, ben, room, helper):
    own_redis.start()
    adas, bens = Visitor(site, ada), Visitor(site, ben)
    with Wire(site, room, ada) as there:
        there.next("presence")
        own_redis.kill()
        assert bens.post(f"/courses/{room.pk}/chat/messages", content="Unheard").status == 302
        own_redis.start()
        there.next("resync")
    with Wire(site, room, ada) as there:
        assert [each["content"] for each in there.next("history")["messages"]] == ["Unheard"]
        assert bens.post(f"/courses/{room.pk}/chat/messages", content="Heard").status == 302
        assert there.next("message")["data"]["content"] == "Heard"
    checks = adas.get("/readyz").json["checks"]
    assert checks == {"database": "ok", "redis": "ok", "worker": "No worker has been seen in the last 60 seconds."}
    with Wire(site, None, helper, path="/api/me/connect") as bens_page:
        bens_page.send(type="ping")
        bens_page.next("pong")
        called = adas.post(SUMMONS, course=str(room.pk), message="And now?")
        assert (called.status, HelpSummons.objects.get().status) == (302, "pending")
