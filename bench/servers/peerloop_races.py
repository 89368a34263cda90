"""`python -m bench.servers.peerloop_races TIMES SECONDS`: helpers, each a process, accept one call at a barrier.

Several calls take turns: while the helpers of one race, the last ones are checked and wait again. Prints, as JSON, how
many races were run in how many seconds, how many of them were decided at the row (two or more wrote at once), and how
many did not end with one winner, one session and clear refusals.
"""

import json
import logging
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import django

HELPERS, CALLS = 5, 8
# What became of a press: the call was taken; it was found taken; it was taken between looking and writing.
FAILED, WON, LATE, BEATEN = range(4)
PATIENCE = 60
_WAIT = """
    UPDATE help_summons SET status = 'pending', responder_id = NULL, session_id = NULL, accepted_at = NULL,
    created_at = now(), expires_at = now() + interval '1 hour' WHERE id = %s
"""
_ENDED = """
    SELECT summons.status, users.username FROM help_summons AS summons
    JOIN help_sessions AS session ON session.id = summons.session_id AND session.helper_id = summons.responder_id
    JOIN users ON users.id = session.helper_id WHERE summons.id = %s AND session.status = 'active'
"""


class Call:
    """What the racing processes share of one call: which it is, and what became of each helper's press."""

    def __init__(self, number: int) -> None:
        self.helpers = [f"helper{number * HELPERS + each}" for each in range(HELPERS)]
        self.name = multiprocessing.Array("c", 36, lock=False)
        self.outcomes = multiprocessing.Array("i", HELPERS, lock=False)
        self.waits, self.over = multiprocessing.Semaphore(0), multiprocessing.Semaphore(0)


class Table:
    def __init__(self) -> None:
        self.calls = [Call(number) for number in range(CALLS)]
        self.goes_on = multiprocessing.Value("b", True, lock=False)
        self.start = multiprocessing.Barrier(HELPERS, timeout=PATIENCE)


def main(times: int, seconds: float) -> None:
    # Forked before anything is connected: no two processes may share a connection.
    table = Table()
    runners = [multiprocessing.Process(target=_run, args=(table, number), daemon=True) for number in range(HELPERS)]
    for runner in runners:
        runner.start()
    _prepare()
    _make_calls(table.calls)
    print(json.dumps(_races(table, times, seconds)))
    table.goes_on.value = False
    for call in table.calls:
        _let(call.waits)
    for runner in runners:
        runner.join()


def _races(table: Table, times: int, seconds: float) -> dict[str, float]:
    """Run them in the order of the calls, until they are done or the time is up."""
    began, begun, ended, met, wrong = time.monotonic(), 0, 0, 0, 0
    while ended < times:
        if begun < times and begun - ended < CALLS and (begun < CALLS or time.monotonic() < began + seconds):
            _wait_again(table.calls[begun % CALLS])
            begun += 1
            continue
        if ended == begun:
            break
        call = table.calls[ended % CALLS]
        _await(call.over)
        met += BEATEN in call.outcomes
        wrong += not _is_right(call)
        ended += 1
    return {"races": ended, "seconds": time.monotonic() - began, "met": met, "wrong": wrong}


def _wait_again(call: Call) -> None:
    """The same call waits again: making a new one costs several races and races nobody. Nothing is left of the last."""
    name = call.name.value.decode()
    with _statements() as run:
        run(_WAIT, [name])
        run("DELETE FROM summons_offers WHERE summons_id = %s", [name])
        run("DELETE FROM help_sessions WHERE id = %s", [name])
    _let(call.waits)


def _is_right(call: Call) -> bool:
    """Whether exactly one helper won, everybody else was refused, and the database says the same."""
    with _statements() as run:
        found = run(_ENDED, [call.name.value.decode()]).fetchall()
    outcomes = list(call.outcomes)
    winners = [("accepted", call.helpers[number]) for number in range(HELPERS) if outcomes[number] == WON]
    refused = outcomes.count(LATE) + outcomes.count(BEATEN)
    return found == winners and len(winners) == 1 and refused == HELPERS - 1


def _let(semaphore: Any) -> None:
    """Let every helper pass."""
    for _ in range(HELPERS):
        semaphore.release()


def _await(semaphore: Any) -> None:
    """Wait for every helper."""
    for _ in range(HELPERS):
        if not semaphore.acquire(timeout=PATIENCE):
            raise TimeoutError("A helper did not press within a minute.")


@contextmanager
def _statements() -> Iterator[Callable[[str, list[str]], Any]]:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:

        def run(statement: str, values: list[str]) -> Any:
            cursor.execute(statement, values)
            return cursor

        yield run


def _run(table: Table, number: int) -> None:
    """One process: at each call it is another helper, so that none is busy with the last one."""
    _prepare()
    from peerloop.core.accounts.models import User

    taken = _noting_writes()
    table.calls[0].waits.acquire()
    table.calls[0].waits.release()
    helpers = {each.username: each for each in User.objects.filter(username__startswith="helper")}
    turn = 0
    while True:
        call = table.calls[turn % CALLS]
        call.waits.acquire()
        if not table.goes_on.value:
            return
        table.start.wait()
        call.outcomes[number] = _press(call, helpers[call.helpers[number]], taken)
        call.over.release()
        turn += 1


def _noting_writes() -> list[bool]:
    """Whether the last write of an acceptance in this process took its call; empty if it wrote nothing."""
    from helpdesk.summons.services import answering

    taken: list[bool] = []
    # Looked at from inside the service, which is not changed by it.
    take = answering._take  # noqa: SLF001

    def note(*given: Any) -> Any:
        taken.append(bool(took := take(*given)))
        return took

    answering._take = note  # noqa: SLF001
    return taken


def _press(call: Call, helper: Any, taken: list[bool]) -> int:
    from helpdesk.summons.errors import AlreadyTaken
    from helpdesk.summons.services.answering import accept_summons

    taken.clear()
    try:
        accept_summons(summons_id=UUID(call.name.value.decode()), by=helper)
    except AlreadyTaken:
        return BEATEN if taken else LATE
    except Exception:
        logging.getLogger(__name__).exception("an acceptance failed")
        return FAILED
    return WON


def _prepare() -> None:
    django.setup()
    logging.disable(logging.INFO)


def _make_calls(calls: list[Call]) -> None:
    """Calls in the helpers' course, with them here and nobody in a session, each of another student."""
    from courses.models import Course
    from helpdesk.models import HelpSession, HelpSummons
    from helpdesk.summons.services.calling import request_help
    from peerloop.core.accounts.models import User
    from peerloop.core.presence.leases import EVERYWHERE, key
    from peerloop.core.realtime.bus import client

    HelpSummons.objects.all().delete()
    HelpSession.objects.all().delete()
    helpers = User.objects.filter(username__in=[name for call in calls for name in call.helpers])
    client().zadd(key(EVERYWHERE), {f"{each.pk}|races": time.time() + 3600 for each in helpers})
    course = Course.objects.get(student_teachers__user=helpers[0])
    students = User.objects.filter(enrolments__course=course).order_by("-pk")
    for call, student in zip(calls, students[: len(calls)], strict=True):
        call.name.value = str(request_help(course_id=course.pk, by=student).pk).encode()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
