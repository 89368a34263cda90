"""Helpers who are there and switched on, and summons in every state."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from courses.services import certify
from helpdesk.models import HelpSession, HelpSummons
from helpdesk.summons.services.answering import accept_summons
from helpdesk.summons.services.calling import request_help
from helpdesk.summons.services.told import note_told
from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import system
from peerloop.core.presence.leases import EVERYWHERE, key
from peerloop.core.presence.services import set_availability
from peerloop.core.realtime.bus import client
from tests.factories.people import person


def arrive(*people: User, group: str = EVERYWHERE, seconds: float = 600) -> None:
    """These people have a page open, as the leases of some server say."""
    client().zadd(key(group), {f"{each.pk}|elsewhere": time.time() + seconds for each in people})


def depart(*people: User, group: str = EVERYWHERE) -> None:
    client().zrem(key(group), *[f"{each.pk}|elsewhere" for each in people])


def available(user: User) -> User:
    arrive(user)
    set_availability(user=user, available=True, by=user)
    return user


def helpers_of(course, count: int) -> list[User]:
    """So many more Student-Teachers of the course who could help now."""
    people = [person(f"helper-{number}") for number in range(count)]
    for each in people:
        certify(user=each, course=course, by=system())
        each.refresh_from_db()
        available(each)
    return people


def age(session: HelpSession, *, seconds: int) -> None:
    """Let so many seconds of an active session have passed."""
    HelpSession.objects.filter(pk=session.pk).update(started_at=timezone.now() - timedelta(seconds=seconds))


def let_time_run_out(summons: HelpSummons) -> None:
    HelpSummons.objects.filter(pk=summons.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def nobody_here(valkey):
    """Leases outlive the database of a test; each starts with an empty site."""
    client().delete(key(EVERYWHERE))


@pytest.fixture
def helper(ben, course, nobody_here) -> User:
    """Ben, switched on and connected."""
    ben.refresh_from_db()
    return available(ben)


@pytest.fixture
def summons(ada, course, modules, helper) -> HelpSummons:
    """Ada waits for help in the first module."""
    made = request_help(course_id=course.pk, module_id=modules[0].pk, message="My paint is too thick.", by=ada)
    note_told(made, [helper.pk])  # as the bells do
    return made


@pytest.fixture
def accepted(summons, helper) -> HelpSummons:
    """Ben has accepted; the session has just begun."""
    return accept_summons(summons_id=summons.pk, by=helper)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """`committed(action)` does it and what follows its commit."""

    def run(action, **arguments):
        with django_capture_on_commit_callbacks(execute=True):
            return action(**arguments)

    return run
