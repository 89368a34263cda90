"""Two or more people in real browsers, against the real processes."""

from collections.abc import Iterator

import pytest

from tests.support.browsers import browse, chromium, chromium_program, windows
from tests.support.site import Site, running_site

__all__ = ["browse", "chromium", "chromium_program", "site", "windows"]


@pytest.fixture(scope="package")
def site(chromium_program, django_db_setup, django_db_blocker, valkey, tmp_path_factory) -> Iterator[Site]:
    """The site of all journeys. The cast is made anew for each."""
    with django_db_blocker.unblock(), running_site(tmp_path_factory.mktemp("site")) as running:
        yield running
