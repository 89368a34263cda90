"""Group commit: what many sockets send at once is stored with one commit; one at a time waits for nobody."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from weakref import WeakKeyDictionary

from django.db import connection

from peerloop.core.errors import Refusal

from .models import ChatMessage
from .services.messages import ChatDraft, post_messages

BATCH = 200
Waiting = tuple[ChatDraft, "asyncio.Future[ChatMessage]"]


class Writer:
    """The one task of a process that stores messages from sockets, so that they keep the order in which they came."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._task: asyncio.Task[None] | None = None
        # A thread of its own keeps its connection, and no slow page stands in its way.
        self._thread = ThreadPoolExecutor(1, "writer")

    async def post(self, draft: ChatDraft) -> ChatMessage:
        """Store `draft` with whatever else is waiting. Raises the refusal, or the error that met the whole batch."""
        outcome: asyncio.Future[ChatMessage] = asyncio.get_running_loop().create_future()
        self._waiting.append((draft, outcome))
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._store_all())
        return await outcome

    async def _store_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            outcomes: Sequence[ChatMessage | Refusal | Exception]
            try:
                drafts = [draft for draft, _ in batch]
                outcomes = await asyncio.get_running_loop().run_in_executor(self._thread, store, drafts)
            except Exception as error:  # every waiting sender must hear of it
                outcomes = [error] * len(batch)
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
