"""Group commit: what many sockets send at once is stored with one commit; one at a time waits for nobody.

On PostgreSQL plain messages are stored by the loop itself, which costs less than to wake a thread. All else, and what
the loop could not store, goes the long way, through a thread.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from weakref import WeakKeyDictionary, finalize

from django.db import connection

from peerloop.core.entities.line import StatementFailed
from peerloop.core.errors import Refusal

from .models import ChatMessage
from .services.messages import ChatDraft, apost_plain, post_messages

BATCH = 200
Outcome = ChatMessage | Refusal | Exception
Waiting = tuple[ChatDraft, "asyncio.Future[ChatMessage]"]
Settle = Callable[[Sequence[Waiting], Sequence[Outcome]], None]
Desk = SimpleQueue[tuple[list[Waiting], Settle] | None]


class Writer:
    """Stores the messages of a process's sockets, in the order in which they came.

    Its thread keeps its own connection, and no slow page stands in its way. The loop hands out batch after batch: while
    it reads what many sockets sent, the next one grows.
    """

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._busy = False
        self._has_line = connection.vendor == "postgresql"
        self._posting: asyncio.Task[None] | None = None
        self._desk: Desk = SimpleQueue()
        Thread(target=work_at, args=[self._desk], name="writer", daemon=True).start()
        finalize(self, self._desk.put, None)

    async def post(self, draft: ChatDraft) -> ChatMessage:
        """Store `draft` with whatever else is waiting. Raises the refusal, or the error that met the whole batch."""
        outcome: asyncio.Future[ChatMessage] = asyncio.get_running_loop().create_future()
        self._waiting.append((draft, outcome))
        if not self._busy:
            self._hand_out()
        return await outcome

    def _hand_out(self) -> None:
        batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
        self._busy = bool(batch)
        if batch and self._has_line and all(draft.is_plain for draft, _ in batch):
            self._posting = asyncio.ensure_future(self._post_here(batch))
        elif batch:
            self._desk.put((batch, self._settle))

    async def _post_here(self, batch: list[Waiting]) -> None:
        outcomes: Sequence[Outcome | None]
        try:
            outcomes = await apost_plain([draft for draft, _ in batch])
        except StatementFailed:
            outcomes = [None] * len(batch)
        except Exception as error:  # every waiting sender must hear of it
            outcomes = [error] * len(batch)
        if rest := [each for each, outcome in zip(batch, outcomes, strict=True) if outcome is None]:
            self._desk.put((rest, self._settle))
        else:
            self._hand_out()
        answer(batch, outcomes)

    def _settle(self, batch: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
        self._hand_out()
        answer(batch, outcomes)


def work_at(desk: Desk) -> None:
    """In the thread, until the writer is gone."""
    while store_next(desk):
        pass  # and keep nothing, or the writer would never be gone
    connection.close()


def store_next(desk: Desk) -> bool:
    """Store one batch; False once there will be no more."""
    work = desk.get()
    if work is None:
        return False
    batch, settled = work
    outcomes = store([draft for draft, _ in batch])
    with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits any more
        batch[0][1].get_loop().call_soon_threadsafe(settled, batch, outcomes)
    return True


def store(drafts: Sequence[ChatDraft]) -> Sequence[Outcome]:
    try:
        return post_messages(drafts)
    except Exception as error:  # every waiting sender must hear of it
        connection.close()  # it may be the connection that broke; the next batch opens another
        return [error] * len(drafts)


def answer(batch: Sequence[Waiting], outcomes: Sequence[Outcome | None]) -> None:
    for (_, future), outcome in zip(batch, outcomes, strict=True):
        if future.done():  # whoever waited may have gone
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        elif outcome is not None:
            future.set_result(outcome)


_writers: "WeakKeyDictionary[asyncio.AbstractEventLoop, Writer]" = WeakKeyDictionary()


def writer() -> Writer:
    """The writer of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _writers:
        _writers[loop] = Writer()
    return _writers[loop]
