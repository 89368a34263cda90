"""What the absence of Redis means to each who uses it."""

import socket
import time
from collections.abc import Iterator

import pytest
from django.core.cache import cache, caches
from redis.connection import AbstractConnection
from redis.exceptions import ConnectionError as Away
from structlog.testing import capture_logs

from helpdesk.requests.services.looking import count_view
from peerloop.celery import app
from peerloop.core.accounts.models import CountedAttempt
from peerloop.core.errors import PartAway
from peerloop.core.limits import at_most, wait_between
from peerloop.core.redis import PATIENCE, Patience, is_silent, shared
from peerloop.core.redis.caches import SECONDS_OF_A_SESSION, SharedCache
from peerloop.operations.tasks import heartbeat
from tests.support.pages import text_of


@pytest.fixture
def away(monkeypatch):
    def refuse(*given, **named):
        raise Away("Connection refused.")

    monkeypatch.setattr(AbstractConnection, "send_packed_command", refuse)


@pytest.fixture
def silent_redis(tmp_path, monkeypatch) -> Iterator[SharedCache]:
    """The cache on a server that takes connections and says nothing, waited for a second."""
    monkeypatch.setitem(PATIENCE, "socket_timeout", 1.0)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "r.sock"))
        server.listen()
        yield SharedCache(f"unix://{tmp_path}/r.sock", {})


@pytest.fixture
def no_way_to_the_worker(monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(Patience, "silent_until", time.monotonic() + 60)
    app.conf.task_always_eager = False
    yield
    app.conf.task_always_eager = True


def seconds_to_read(asked: SharedCache) -> float:
    began = time.monotonic()
    assert asked.get("colour", "none") == "none"
    return time.monotonic() - began


def test_who_says_nothing_is_waited_for_once_and_asked_again_a_second_later(silent_redis):
    first, second = seconds_to_read(silent_redis), seconds_to_read(silent_redis)
    assert (1 <= first < 2, second < 0.5, is_silent()) == (True, True, True)
    Patience.silent_until = 0
    assert 1 <= seconds_to_read(silent_redis) < 2


def test_who_refuses_is_asked_again_at_once(away):
    assert shared.get("colour", "none") == "none"
    assert is_silent() is False


def test_what_is_shared_is_empty_and_takes_nothing_in(away):
    shared.set("colour", "blue")
    shared.set_many({"colour": "blue"}, 60)
    assert (shared.add("colour", "blue"), shared.get("colour"), shared.get_many(["colour"])) == (False, None, {})
    assert (shared.touch("colour"), shared.delete("colour"), "colour" in shared) == (False, False, False)
    shared.delete_many(["colour"])
    with pytest.raises(ValueError, match="colour"):
        shared.incr("colour")


@pytest.mark.django_db
def test_what_must_be_counted_is_counted_in_the_database(away):
    assert (cache.add("tries", 1, 60), cache.add("tries", 1, 60)) == (True, False)
    cache.set("tries", [1.5, 1.0], 60)
    assert (cache.get("tries"), CountedAttempt.objects.get().cache_key) == ([1.5, 1.0], "pl:1:tries")
    cache.delete("tries")
    assert (cache.get("tries"), CountedAttempt.objects.count()) == (None, 0)


@pytest.mark.django_db
def test_while_redis_is_there_the_database_counts_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert (cache.add("tries", 1, 60), cache.add("tries", 1, 60), cache.incr("tries")) == (True, False, 2)


def test_a_session_is_remembered_for_a_minute_however_long_it_lasts():
    sessions = caches["sessions"]
    sessions.set("own", {}, 14 * 24 * 3600)
    sessions.set("short", {}, 10)
    left = [sessions._cache.get_client().ttl(sessions.make_key(key)) for key in ("own", "short")]
    assert left == [SECONDS_OF_A_SESSION, 10]


def test_nobody_is_limited(away):
    for number in range(3):
        wait_between("message", "ada", seconds=60, token=number)
        at_most("upload", "ada", times=1, seconds=60)


@pytest.mark.django_db
def test_no_view_is_counted(ben, question, away):
    assert count_view(request_id=question.pk, by=ben) is False
    question.refresh_from_db()
    assert question.view_count == 0


def test_a_job_is_lost_with_a_line_in_the_log(no_way_to_the_worker):
    with capture_logs() as lines:
        assert heartbeat.delay() is None
    assert [(line["event"], line["job"]) for line in lines] == [("job_lost", "peerloop.operations.tasks.heartbeat")]


@pytest.mark.django_db(transaction=True)
def test_a_mail_for_which_there_is_no_worker_is_sent_at_once(client, mailoutbox, no_way_to_the_worker):
    vivi = {"name": "Vivi", "username": "vivi", "email": "vivi@example.com", "password1": "a slow brush"}
    assert client.post("/accounts/signup/", vivi).status_code == 302
    assert [mail.subject for mail in mailoutbox] == ["Confirm your email for PeerLoop"]


@pytest.mark.django_db
def test_what_nobody_foresaw_is_said_with_a_next_step(ada, as_user, monkeypatch):
    def away(*given, **named):
        raise Away("Connection refused.")

    monkeypatch.setattr("goodwill.queries.balance_of", away)
    said = as_user(ada).get("/api/goodwill/balance")
    assert (said.status_code, said.json()) == (503, {"error": PartAway.text})
    monkeypatch.setattr("goodwill.queries.history", away)
    page = as_user(ada).get("/points")
    assert (page.status_code, PartAway.text in text_of(page)) == (503, True)
