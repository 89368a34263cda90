"""Group commit: what many sockets send at once is stored with one commit; one at a time waits for nobody."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from weakref import WeakKeyDictionary

from django.db import connection

from peerloop.core.errors import Refusal

from .models import ChatMessage
from .services.messages import ChatDraft, post_messages

BATCH = 200
Waiting = tuple[ChatDraft, "asyncio.Future[ChatMessage]"]


class Writer:
    """Stores the messages of a process's sockets, in the order in which they came."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._busy = False
        # A thread of its own keeps its connection, and no slow page stands in its way.
        self._thread = ThreadPoolExecutor(1, "writer")

    async def post(self, draft: ChatDraft) -> ChatMessage:
        """Store `draft` with whatever else is waiting. Raises the refusal, or the error that met the whole batch."""
        outcome: asyncio.Future[ChatMessage] = asyncio.get_running_loop().create_future()
        self._waiting.append((draft, outcome))
        if not self._busy:
            self._store_next()
        return await outcome

    def _store_next(self) -> None:
        batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
        self._busy = bool(batch)
        if batch:
            self._thread.submit(self._store, batch)

    def _store(self, batch: list[Waiting]) -> None:
        """In the thread."""
        outcomes: Sequence[ChatMessage | Refusal | Exception]
        try:
            outcomes = store([draft for draft, _ in batch])
        except Exception as error:  # every waiting sender must hear of it
            outcomes = [error] * len(batch)
        with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits any more
            batch[0][1].get_loop().call_soon_threadsafe(self._settle, batch, outcomes)

    def _settle(self, batch: list[Waiting], outcomes: Sequence[ChatMessage | Refusal | Exception]) -> None:
        self._store_next()
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if not future.done():
                settle(future, outcome)


def store(drafts: Sequence[ChatDraft]) -> Sequence[ChatMessage | Refusal]:
    try:
        return post_messages(drafts)
    except Exception:
        connection.close()  # it may be the connection that broke; the next batch opens another
        raise


def settle(future: "asyncio.Future[ChatMessage]", outcome: ChatMessage | Refusal | Exception) -> None:
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


_writers: "WeakKeyDictionary[asyncio.AbstractEventLoop, Writer]" = WeakKeyDictionary()


def writer() -> Writer:
    """The writer of the running loop."""
    return _writers.setdefault(asyncio.get_running_loop(), Writer())
