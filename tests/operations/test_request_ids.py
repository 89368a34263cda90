"""A request's id: in the answer, in the log, in the jobs it sends."""

import time

import pytest
import structlog
from celery import current_app, shared_task
from celery.contrib.testing.worker import start_worker
from structlog.testing import capture_logs

seen: list[dict[str, object]] = []


@shared_task
def look_around() -> None:
    seen.append(structlog.contextvars.get_contextvars())


@pytest.fixture(autouse=True)
def nothing_seen():
    seen.clear()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def log_lines():
    """What is logged, with what is bound to the request or job merged in."""
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        yield lines


def test_a_request_without_an_id_gets_its_own(client):
    first, second = (client.get("/healthz")["X-Request-ID"] for _ in range(2))
    assert len(first) == len(second) == 32
    assert first != second


def test_the_id_given_by_the_proxy_is_kept(client):
    assert client.get("/healthz", headers={"X-Request-ID": "edge-1234.abcd"})["X-Request-ID"] == "edge-1234.abcd"


@pytest.mark.parametrize(
    "hostile", ["short", "a" * 129, "two\nlines-of-log", "<script>alert(1)</script>", "ünïcödé-id"]
)
def test_an_id_unfit_for_logs_is_replaced(client, hostile):
    kept = client.get("/healthz", headers={"X-Request-ID": hostile})["X-Request-ID"]
    assert kept != hostile
    assert len(kept) == 32


def test_each_request_leaves_one_line_with_its_id_and_route(client, log_lines):
    client.get("/accounts/confirm-email/a-secret-key/", headers={"X-Request-ID": "edge-1234"})
    (line,) = [line for line in log_lines if line["event"] == "request"]
    assert line.pop("milliseconds") >= 0
    assert "a-secret-key" not in str(line)
    assert (line["request_id"], line["method"], line["log_level"]) == ("edge-1234", "GET", "info")
    assert line["route"] == r"/accounts/confirm-email/(?P<key>[-:\w]+)/$"


def test_an_unknown_address_is_logged_without_a_route(client, db, log_lines):
    client.get("/no/such/page")
    assert [(line["route"], line["status"]) for line in log_lines if line["event"] == "request"] == [(None, 404)]


def test_probes_leave_no_line(client, db, log_lines):
    client.get("/healthz")
    assert log_lines == []


def test_nothing_of_a_request_is_left_behind_for_the_next(client):
    client.get("/healthz", headers={"X-Request-ID": "edge-1234"})
    assert structlog.contextvars.get_contextvars() == {}


def test_a_job_run_within_the_request_leaves_the_requests_id_in_place():
    with structlog.contextvars.bound_contextvars(request_id="edge-1234"):
        job = look_around.delay()
        after = structlog.contextvars.get_contextvars()
    assert after == {"request_id": "edge-1234"}
    assert seen == [{"request_id": "edge-1234", "job": look_around.name, "job_id": job.id}]


@pytest.fixture
def not_in_process():
    current_app.conf.task_always_eager = False
    yield
    current_app.conf.task_always_eager = True


def test_a_job_run_by_a_worker_carries_the_id_of_the_request_that_sent_it(not_in_process):
    with start_worker(current_app, pool="solo", perform_ping_check=False, queues=["live"], shutdown_timeout=20):
        with structlog.contextvars.bound_contextvars(request_id="edge-1234"):
            first = look_around.delay()
        second = look_around.delay()
        wait_until(lambda: len(seen) == 2)
    assert seen == [
        {"request_id": "edge-1234", "job": look_around.name, "job_id": first.id},
        {"job": look_around.name, "job_id": second.id},
    ]


def wait_until(condition, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
