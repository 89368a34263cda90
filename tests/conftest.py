"""The world every test plays in.

Ada asks, Ben helps, Mei mentors, Sam supports, Root moderates, Oskar is outside.
"""

import os

import pytest

from tests.support.covers import CoverageOfRequirements
from tests.support.valkey import running_valkey

pytest_plugins = [
    "tests.factories.people",
    "tests.factories.courses",
    "tests.factories.chat",
    "tests.factories.helpdesk",
    "tests.factories.bookings",
    "tests.factories.moderation",
    "tests.factories.threads",
    "tests.factories.votes",
    "tests.factories.payments",
    "tests.factories.push",
    "tests.factories.requests",
    "tests.support.doors",
    "tests.support.site",
]


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(CoverageOfRequirements())


@pytest.fixture(scope="session", autouse=True)
def valkey():
    """A real server for bus, cache and broker: the bundled one, unless REDIS_URL names another."""
    if os.environ.get("REDIS_URL"):
        yield
        return
    from django.conf import settings

    with running_valkey(settings.REDIS_URL):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The migrated database of the run."""
    from tests.support.emptying import empty_quickly

    with django_db_blocker.unblock():
        empty_quickly()


@pytest.fixture(autouse=True)
def clean_cache(valkey):
    from django.core.cache import cache

    from peerloop.core.flags.memory import memory
    from peerloop.core.redis import forget_silence

    forget_silence()
    cache.clear()
    memory.forget()
