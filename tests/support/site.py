"""The real site under test: web, worker and beat of one supervisor, on the database and the Redis of the run.

The cast and what they say is made by the tests' own factories in that database, and told over that Redis, so that a
test writes as another process of the site would.
"""

import http.client
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from peerloop.supervisor.programs import MANAGE, seeded_stamp
from tests.support.processes import Running, running, wait_until

SUPERVISOR = [sys.executable, "-m", "peerloop.supervisor"]
# A test speaks faster than people may.
FAST = {"PEERLOOP_SECONDS_BETWEEN_MESSAGES": "0"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def database_url() -> str:
    """The address of the test database: of its file, or on its server."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    who = ":".join(quote(database[key]) for key in ("USER", "PASSWORD") if database[key])
    place = f"{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}"
    return f"postgres://{who}@{place}/{database['NAME']}"


class Site:
    """One address of the site. `process` is what was started for it: a supervisor, or a web process alone."""

    process: Running

    def __init__(self, var: Path, *, own_redis: bool = False, **environment: str | None) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment: dict[str, str | None] = {
            "PEERLOOP_VAR": str(var),
            "PORT": str(self.port),
            "PEERLOOP_MODE": None,
            "DATABASE_URL": database_url(),
            # Without an address the supervisor starts a server of the site's own, which a test may kill.
            "REDIS_URL": None if own_redis else settings.REDIS_URL,
            # Sessions and tokens made by the tests are good here.
            "SECRET_KEY": settings.SECRET_KEY,
            **environment,
        }

    def get(self, path: str) -> int:
        """The status of a page, or 0 while nobody answers."""
        page = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            page.request("GET", path)
            return page.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            page.close()

    def wait_for(self, path: str) -> None:
        try:
            wait_until(lambda: self.get(path) == 200, seconds=180)
        except AssertionError as late:
            raise AssertionError(f"{path} did not answer 200 within 180 s:\n{self.process.output}") from late

    def kill(self, words: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End the process whose command line holds these words; the supervisor starts it again."""
        os.kill(self.process.find(words), number)


@contextmanager
def running_site(var: Path, *, own_redis: bool = False, **environment: str | None) -> Iterator[Site]:
    """Everything that `make run` starts, without its demo data."""
    site = Site(var, own_redis=own_redis, **environment)
    seeded_stamp(var, database_url()).touch()
    with running(SUPERVISOR, **site.environment) as site.process:
        site.wait_for("/readyz")
        yield site
        with suppress(ProcessLookupError):
            site.process.send(signal.SIGTERM)
            site.process.exit_code(seconds=20)


@contextmanager
def web_process(var: Path, **environment: str | None) -> Iterator[Site]:
    """One more web process alone, as behind a proxy that spreads people over several."""
    site = Site(var, **environment)
    with running([*MANAGE, "serve", "--port", str(site.port)], **site.environment) as site.process:
        site.wait_for("/healthz")
        yield site


# A web process does nothing by itself, so all tests that leave it alive share it; a worker would meddle with others.


@pytest.fixture(scope="session")
def web(django_db_setup, valkey, tmp_path_factory) -> Iterator[Site]:
    """A web process that the tests leave alive."""
    with web_process(tmp_path_factory.mktemp("web"), **FAST) as running:
        yield running


@pytest.fixture(scope="session")
def other_web(django_db_setup, valkey, tmp_path_factory) -> Iterator[Site]:
    """Another web process of the same site."""
    with web_process(tmp_path_factory.mktemp("other-web"), **FAST) as running:
        yield running
