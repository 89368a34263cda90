"""Several at once: exactly one decision, one case, one mute."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from peerloop.core.errors import Refusal
from peerloop.core.moderation import services
from peerloop.core.moderation.models import Act, Flag, FlaggedItem
from tests.factories.people import person

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*attempts: Callable[[], object]) -> Counter:
    """How often each outcome: "done", or the name of the refusal."""
    start, outcomes = Barrier(len(attempts)), Counter()

    def run(attempt: Callable[[], object]) -> None:
        start.wait(10)
        try:
            attempt()
            outcomes["done"] += 1
        except Refusal as refusal:
            outcomes[type(refusal).__name__] += 1
        finally:
            connection.close()

    threads = [Thread(target=run, args=[attempt]) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


@pytest.fixture
def moderators():
    return [person(f"staff-{number}", is_staff=True) for number in range(4)]


def test_of_moderators_who_decide_at_once_one_decides(wall, ada, ben, moderators):
    note = wall.pin(ben)
    case = services.flag_item(kind="note", item_id=note.pk, reason="spam", by=ada).item
    verbs = [services.hide_item, services.dismiss_flag] * 2

    def attempt(verb, by):
        return lambda: verb(kind="note", item_id=note.pk, reason="Why.", by=by, seen=case.seen)

    outcomes = at_once(*[attempt(verb, by) for verb, by in zip(verbs, moderators, strict=True)])
    assert outcomes == {"done": 1, "AlreadyDecided": 3}
    act = Act.objects.get()
    case.refresh_from_db()
    assert (case.decisions, case.decided_by, case.state) == (1, act.by, act.after["state"])
    assert len(wall.told) == (act.verb == "hide")


def test_of_moderators_who_mute_at_once_one_mutes(ada, moderators):
    def attempt(by):
        return lambda: services.mute_person(person=ada, length=timedelta(hours=1), reason="Why.", by=by)

    assert at_once(*map(attempt, moderators)) == {"done": 1, "AlreadyInForce": 3}
    assert Act.objects.count() == 1


def test_first_reports_at_once_open_one_case(wall, ben):
    note, members = wall.pin(ben), [person(f"member-{number}") for number in range(4)]

    def attempt(by):
        return lambda: services.flag_item(kind="note", item_id=note.pk, reason="spam", by=by)

    assert at_once(*map(attempt, members)) == {"done": 4}
    assert (FlaggedItem.objects.count(), Flag.objects.count()) == (1, 4)
