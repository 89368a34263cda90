"""`python -m bench.servers.peerloop_races TIMES SECONDS`: helpers, each a process, accept one call at a barrier.

Prints, as JSON, how many races were run, and how many did not end with one winner, one session and clear refusals.
"""

import json
import logging
import multiprocessing
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any
from uuid import UUID

import django

HELPERS = 5
WON, REFUSED, FAILED = 1, 0, -1
_WAIT = """
    UPDATE help_summons SET status = 'pending', responder_id = NULL, session_id = NULL, accepted_at = NULL,
    created_at = now(), expires_at = now() + interval '1 hour' WHERE id = %s
"""
_ENDED = """
    SELECT summons.status, users.username FROM help_summons AS summons
    JOIN help_sessions AS session ON session.id = summons.session_id AND session.helper_id = summons.responder_id
    JOIN users ON users.id = session.helper_id WHERE summons.id = %s AND session.status = 'active'
"""


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
    table.name.value = str(_call()).encode()
    table.start.wait()  # for everybody's imports, which are no part of a race
    until, races, wrong = monotonic() + seconds, 0, 0
    while races < times and monotonic() < until:
        wrong += not _race(table)
        races += 1
    table.goes_on.value = False
    table.start.wait()
    for runner in runners:
        runner.join()
    print(json.dumps({"races": races, "wrong": wrong}))


def _race(table: Table) -> bool:
    """Whether exactly one helper won, and the database says the same."""
    name = table.name.value.decode()
    with _statements() as run:
        # The same call waits again: making a new one costs several races and races nobody. Nothing is left of the last.
        run(_WAIT, [name])
        run("DELETE FROM summons_offers WHERE summons_id = %s", [name])
        run("DELETE FROM help_sessions", [])
    table.start.wait()
    table.finish.wait()
    with _statements() as run:
        found = run(_ENDED, [name]).fetchall()
    helpers = [number for number in range(HELPERS) if table.outcomes[number] == WON]
    refused = list(table.outcomes).count(REFUSED)
    return found == [("accepted", f"helper{number}") for number in helpers] and refused == HELPERS - len(helpers) == 4


def _statements() -> Any:
    from django.db import connection, transaction

    @contextmanager
    def open_cursor() -> Iterator[Any]:
        with transaction.atomic(), connection.cursor() as cursor:

            def run(statement: str, values: list[str]) -> Any:
                cursor.execute(statement, values)
                return cursor

            yield run

    return open_cursor()


def _run(table: Table, number: int) -> None:
    _prepare()
    from helpdesk.summons.errors import AlreadyTaken
    from helpdesk.summons.services.answering import accept_summons
    from peerloop.core.accounts.models import User

    helper = None
    table.start.wait()
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


def _call() -> Any:
    """The id of a call in the helpers' course, with them here and nobody in a session."""
    import time

    from courses.models import Course
    from helpdesk.models import HelpSession, HelpSummons
    from helpdesk.summons.services.calling import request_help
    from peerloop.core.accounts.models import User
    from peerloop.core.presence.leases import EVERYWHERE, key
    from peerloop.core.realtime.bus import client

    HelpSummons.objects.all().delete()
    HelpSession.objects.all().delete()
    helpers = User.objects.filter(username__in=[f"helper{number}" for number in range(HELPERS)])
    client().zadd(key(EVERYWHERE), {f"{each.pk}|races": time.time() + 3600 for each in helpers})
    course = Course.objects.get(student_teachers__user=helpers[0])
    return request_help(course_id=course.pk, by=User.objects.filter(enrolments__course=course).latest("pk")).pk


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
