"""/healthz and /readyz, with each thing they speak of gone in turn."""

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection

from peerloop.operations import health, tasks

ALL_WELL = {"status": "ok", "checks": {"database": "ok", "redis": "ok", "worker": "ok"}}


@pytest.fixture
def worker_seen():
    tasks.heartbeat.delay()


def refuse(execute, sql, params, many, context):
    raise OperationalError("connection to server at 10.0.0.7 failed for user peerloop")


def test_healthz_answers_without_a_database(client):
    # No `db` fixture: any query would fail the test.
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_healthz_answers_with_redis_gone(client, settings):
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    assert client.get("/healthz").json() == {"status": "ok"}


def test_neither_answer_is_ever_kept_by_a_cache(client, db):
    for address in ("/healthz", "/readyz"):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_neither_takes_a_post(client):
    assert [client.post(address).status_code for address in ("/healthz", "/readyz")] == [405, 405]


def test_readyz_is_well_when_everything_answers(client, db, worker_seen, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, ALL_WELL)


def test_readyz_names_the_missing_worker_and_is_well_again_once_one_is_seen(client, db):
    answer = client.get("/readyz")
    reason = "No worker has been seen in the last 60 seconds."
    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "unavailable", "checks": {"database": "ok", "redis": "ok", "worker": reason}},
    )
    tasks.heartbeat.delay()
    assert client.get("/readyz").json() == ALL_WELL


def test_a_sign_of_life_counts_for_sixty_seconds(db):
    tasks.heartbeat.delay()
    assert 55 < cache._cache.get_client(health.HEARTBEAT_KEY).ttl(cache.make_key(health.HEARTBEAT_KEY)) <= 60


def test_readyz_names_the_missing_redis(client, db, settings, worker_seen):
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]) == (
        503,
        {
            "database": "ok",
            "redis": "Redis does not answer (ConnectionError).",
            "worker": "Cannot be known without Redis.",
        },
    )


def test_readyz_names_the_missing_database_without_its_address(client, db, worker_seen):
    with connection.execute_wrapper(refuse):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]) == (
        503,
        {"database": "The database does not answer (OperationalError).", "redis": "ok", "worker": "ok"},
    )


def test_beat_sends_the_sign_of_life_often_enough_to_lose_three(settings):
    entry = settings.CELERY_BEAT_SCHEDULE["heartbeat"]
    assert entry["task"] == tasks.heartbeat.name
    assert entry["schedule"] * 4 <= health.HEARTBEAT_SECONDS
