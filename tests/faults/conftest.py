"""What happens to a room when the things it stands on fail. Real processes, killed for real."""

from collections.abc import Iterator

import pytest

from tests.support.browsers import browse, chromium, chromium_program, windows
from tests.support.site import Site, web_process

__all__ = ["browse", "chromium", "chromium_program", "web", "windows"]

# A test speaks faster than people may.
FAST = {"PEERLOOP_SECONDS_BETWEEN_MESSAGES": "0"}


@pytest.fixture(scope="package")
def web(django_db_setup, django_db_blocker, valkey, tmp_path_factory) -> Iterator[Site]:
    """A web process that the tests leave alive."""
    with django_db_blocker.unblock(), web_process(tmp_path_factory.mktemp("web"), **FAST) as running:
        yield running
