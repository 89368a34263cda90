"""Group commit: what many sockets send at once is stored with one commit; one at a time waits for nobody."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from weakref import WeakKeyDictionary, finalize

from django.db import connection

from peerloop.core.errors import Refusal

from .models import ChatMessage
from .services.messages import ChatDraft, post_messages

BATCH = 200
Outcome = ChatMessage | Refusal | Exception
Waiting = tuple[ChatDraft, "asyncio.Future[ChatMessage]"]
Desk = SimpleQueue[Waiting | None]


class Writer:
    """Stores the messages of a process's sockets, in the order in which they came.

    A thread of its own keeps its connection, and no slow page stands in its way.
    """

    def __init__(self) -> None:
        self._desk: Desk = SimpleQueue()
        Thread(target=work_at, args=[self._desk], name="writer", daemon=True).start()
        finalize(self, self._desk.put, None)

    async def post(self, draft: ChatDraft) -> ChatMessage:
        """Store `draft` with whatever else is waiting. Raises the refusal, or the error that met the whole batch."""
        outcome: asyncio.Future[ChatMessage] = asyncio.get_running_loop().create_future()
        self._desk.put((draft, outcome))
        return await outcome


def work_at(desk: Desk) -> None:
    """In the thread: store what comes until the writer is gone."""
    while batch := waiting_at(desk):
        outcomes = store([draft for draft, _ in batch])
        with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits any more
            batch[0][1].get_loop().call_soon_threadsafe(settle, batch, outcomes)
    connection.close()


def waiting_at(desk: Desk) -> list[Waiting]:
    """Everything that waits, at least one; none once the writer is gone."""
    batch = [desk.get()]
    with suppress(Empty):
        while len(batch) < BATCH:
            batch.append(desk.get_nowait())
    return [each for each in batch if each]


def store(drafts: Sequence[ChatDraft]) -> Sequence[Outcome]:
    try:
        return post_messages(drafts)
    except Exception as error:  # every waiting sender must hear of it
        connection.close()  # it may be the connection that broke; the next batch opens another
        return [error] * len(drafts)


def settle(batch: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
    for (_, future), outcome in zip(batch, outcomes, strict=True):
        if future.done():  # whoever waited has gone
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


_writers: "WeakKeyDictionary[asyncio.AbstractEventLoop, Writer]" = WeakKeyDictionary()


def writer() -> Writer:
    """The writer of the running loop."""
    return _writers.setdefault(asyncio.get_running_loop(), Writer())
