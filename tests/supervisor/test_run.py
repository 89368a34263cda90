"""`make run` as a whole: the real site under the real supervisor, in a folder and on a port of its own."""

import http.client
import json
import os
import signal
import socket
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import connect

import pytest

from peerloop.supervisor.programs import seeded_stamp
from tests.support.processes import Running, needs_proc, running, wait_until

pytestmark = [pytest.mark.processes, needs_proc]

DATABASE = "peerloop.sqlite3"
SUPERVISOR = [sys.executable, "-m", "peerloop.supervisor"]
# What the test run itself is set to must not reach the site: it is started as a newcomer starts it.
NEWCOMER = {"REDIS_URL": None, "DATABASE_URL": None, "DJANGO_SETTINGS_MODULE": None, "PEERLOOP_MODE": None}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Site:
    """A checkout's supervisor: started, asked, and found again by what it runs."""

    def __init__(self, var) -> None:
        self.port = free_port()
        self.environment = {**NEWCOMER, "PEERLOOP_VAR": str(var), "PORT": str(self.port)}

    def start(self):
        return running(SUPERVISOR, **self.environment)

    def get(self, path: str) -> tuple[int, dict] | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, ValueError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def is_ready(self) -> bool:
        answer = self.get("/readyz")
        return answer is not None and answer[0] == 200


def up(run: Running, site: Site) -> None:
    run.says(f"PeerLoop runs at http://localhost:{site.port}", seconds=120)
    wait_until(site.is_ready, seconds=60, what=f"in:\n{run.output}")


@pytest.fixture
def site(tmp_path):
    """A site that was never started."""
    return Site(tmp_path)


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """A site that is up, for tests that leave it up."""
    with started(tmp_path_factory.mktemp("var")) as run_and_site:
        yield run_and_site


@pytest.fixture
def ending(standing, tmp_path):
    """A site that is up, for tests that end it, on a copy of the standing one's tables: making them takes a while."""
    made = Path(standing[1].environment["PEERLOOP_VAR"])
    with closing(connect(made / DATABASE)) as source, closing(connect(tmp_path / DATABASE)) as copy:
        source.backup(copy)
    with started(tmp_path) as run_and_site:
        yield run_and_site


@contextmanager
def started(var):
    # The demo data take a while, and no test here needs them.
    seeded_stamp(var).touch()
    site = Site(var)
    with site.start() as run:
        up(run, site)
        yield run, site


def test_from_nothing_it_comes_up_tells_the_accounts_and_stops_without_a_trace(site, tmp_path):
    with site.start() as run:
        up(run, site)
        assert site.get("/healthz") == (200, {"status": "ok"})
        for name in ("ada", "ben", "mei", "sam", "root", "oskar"):
            assert f"{name}@example.com" in run.output
        run.send(signal.SIGINT)
        assert run.exit_code() == 0
        assert run.lines[-1] == "peerloop | Stopped."
        assert run.descendants() == {}
    assert (tmp_path / DATABASE).exists()

    with site.start() as again:
        again.says("PeerLoop runs at", seconds=60)
        assert "setup" not in [line.split()[0] for line in again.lines]


@pytest.mark.parametrize(
    ("name", "command"),
    [("web", "manage.py serve"), ("worker", " worker "), ("beat", " beat "), ("valkey", "valkey-server")],
)
def test_whatever_is_killed_comes_back_and_the_site_is_ready_again(standing, name, command):
    run, site = standing
    before = set(run.descendants())
    os.kill(run.find(command), signal.SIGKILL)
    run.says(f"{name} was killed by SIGKILL. Starting it again in 1 s.")
    wait_until(lambda: any(command in words for pid, words in run.descendants().items() if pid not in before))
    wait_until(site.is_ready, seconds=60, what=f"in:\n{run.output}")


def test_a_second_start_is_refused_while_the_first_runs(standing):
    run, site = standing
    with running(SUPERVISOR, **{**site.environment, "PORT": str(free_port())}) as second:
        assert second.exit_code() == 1
        assert second.output == (
            f"peerloop | PeerLoop already runs from this folder (process {run.process.pid}, "
            f"http://localhost:{site.port}). Stop that one first, with Ctrl-C in its terminal."
        )
    assert site.is_ready()


def test_a_taken_port_is_told_before_anything_is_started(site):
    with socket.create_server(("127.0.0.1", site.port)), site.start() as run:
        assert run.exit_code() == 1
        assert run.output == (
            f"peerloop | Port {site.port} is taken by another program. "
            f"Stop that one, or choose another port: make run PORT={site.port + 1}"
        )


def test_term_stops_everything(ending):
    run, site = ending
    run.send(signal.SIGTERM)
    assert run.exit_code() == 0
    assert run.descendants() == {}
    assert site.get("/healthz") is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed parent")
def test_when_the_supervisor_is_killed_nothing_is_left_and_the_next_start_works(ending):
    run, site = ending
    run.send(signal.SIGKILL)
    run.exit_code()
    with site.start() as again:
        up(again, site)
        wait_until(lambda: run.descendants() == {}, what=run.descendants())
