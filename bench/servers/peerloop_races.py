"""`python -m bench.servers.peerloop_races TIMES SECONDS`: helpers, each a process, accept one call at a barrier.

Prints, as JSON, how many races were run, and how many did not end with one winner, one session and clear refusals.
"""

import json
import logging
import multiprocessing
import sys
from time import monotonic
from typing import Any
from uuid import UUID

import django

HELPERS = 5
WON, REFUSED, FAILED = 1, 0, -1


class Table:
    """What the racing processes share: the call of this race, and what became of each helper's press."""

    def __init__(self) -> None:
        self.name = multiprocessing.Array("c", 36, lock=False)
        self.outcomes = multiprocessing.Array("i", HELPERS, lock=False)
        self.goes_on = multiprocessing.Value("b", True, lock=False)
        self.start = multiprocessing.Barrier(HELPERS + 1, timeout=60)
        self.finish = multiprocessing.Barrier(HELPERS + 1, timeout=60)


def main(times: int, seconds: float) -> None:
    # Forked before anything is connected: no two processes may share a connection.
    table = Table()
    runners = [multiprocessing.Process(target=_run, args=(table, number), daemon=True) for number in range(HELPERS)]
    for runner in runners:
        runner.start()
    _prepare()
    course, student = _people()
    until, races, wrong = monotonic() + seconds, 0, 0
    while races < times and monotonic() < until:
        wrong += not _race(table, course, student)
        races += 1
    table.goes_on.value = False
    table.start.wait()
    for runner in runners:
        runner.join()
    print(json.dumps({"races": races, "wrong": wrong}))


def _race(table: Table, course: Any, student: Any) -> bool:
    """Whether exactly one helper won, and the database says the same."""
    from helpdesk.models import HelpSession, HelpSummons
    from helpdesk.summons.services.calling import request_help

    summons = request_help(course_id=course.pk, by=student)
    table.name.value = str(summons.pk).encode()
    table.start.wait()
    table.finish.wait()
    stored = HelpSummons.objects.get(pk=summons.pk)
    sessions = list(HelpSession.objects.filter(pk=summons.pk).values_list("helper", flat=True))
    good = sorted(table.outcomes) == [REFUSED] * (HELPERS - 1) + [WON] and sessions == [stored.responder_id]
    # Nothing is left of it: the two may meet again at once.
    HelpSummons.objects.filter(pk=summons.pk).delete()
    HelpSession.objects.filter(pk=summons.pk).delete()
    return good


def _run(table: Table, number: int) -> None:
    _prepare()
    from helpdesk.summons.errors import AlreadyTaken
    from helpdesk.summons.services.answering import accept_summons
    from peerloop.core.accounts.models import User

    helper = None
    while True:
        table.start.wait()
        if not table.goes_on.value:
            return
        helper = helper or User.objects.get(username=f"helper{number}")
        try:
            accept_summons(summons_id=UUID(table.name.value.decode()), by=helper)
            table.outcomes[number] = WON
        except AlreadyTaken:
            table.outcomes[number] = REFUSED
        except Exception:
            logging.getLogger(__name__).exception("an acceptance failed")
            table.outcomes[number] = FAILED
        table.finish.wait()


def _prepare() -> None:
    django.setup()
    logging.disable(logging.INFO)


def _people() -> tuple[Any, Any]:
    """The course of the calls, with its first helpers here, and somebody who may call as often as it takes."""
    import time
    from dataclasses import replace

    from django.conf import settings

    from courses.models import Course
    from peerloop.core.accounts.models import User
    from peerloop.core.presence.leases import EVERYWHERE, key
    from peerloop.core.realtime.bus import client

    settings.PEERLOOP = replace(settings.PEERLOOP, SUMMONS_AN_HOUR=10**9)
    helpers = User.objects.filter(username__in=[f"helper{number}" for number in range(HELPERS)])
    client().zadd(key(EVERYWHERE), {f"{each.pk}|races": time.time() + 3600 for each in helpers})
    course = Course.objects.get(student_teachers__user=helpers[0])
    return course, User.objects.filter(enrolments__course=course).order_by("pk")[0]


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
