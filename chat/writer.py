"""Group commit: what many sockets send at once is stored with one commit; one at a time waits for nobody."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from weakref import WeakKeyDictionary, finalize

from django.db import connection

from peerloop.core.errors import Refusal

from .models import ChatMessage
from .services.messages import ChatDraft, post_messages

BATCH = 200
Outcome = ChatMessage | Refusal | Exception
Waiting = tuple[ChatDraft, "asyncio.Future[ChatMessage]"]
Settle = Callable[[Sequence[Waiting], Sequence[Outcome]], None]
Desk = SimpleQueue[tuple[list[Waiting], Settle] | None]


class Writer:
    """Stores the messages of a process's sockets, in the order in which they came.

    A thread of its own keeps its connection, and no slow page stands in its way. It gets the next batch from the loop:
    while that reads what many sockets sent, the batch grows.
    """

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._busy = False
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
        if batch:
            self._desk.put((batch, self._settle))

    def _settle(self, batch: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
        self._hand_out()
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if not future.done():  # whoever waited may have gone
                settle(future, outcome)


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


def settle(future: "asyncio.Future[ChatMessage]", outcome: Outcome) -> None:
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


_writers: "WeakKeyDictionary[asyncio.AbstractEventLoop, Writer]" = WeakKeyDictionary()


def writer() -> Writer:
    """The writer of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _writers:
        _writers[loop] = Writer()
    return _writers[loop]
