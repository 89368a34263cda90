"""The line of an event loop to Redis: whatever its coroutines ask goes out at once, and is answered in its order."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError, ResponseError

SECONDS_TO_ANSWER = 5
SECONDS_BETWEEN_TRIES = 0.1
Command = Sequence[Any]


class LineBroke(RedisError):
    """What was on its way may have been done, or not."""


class Question:
    """Commands that went out together, and the answers so far."""

    def __init__(self, commands: int) -> None:
        self._missing = commands
        self._answers: list[Any] = []
        self.answered: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()

    def take(self, answer: Any) -> bool:
        """One more answer; whether it was the last."""
        self._answers.append(answer)
        self._missing -= 1
        if not (self._missing or self.answered.done()):
            self.answered.set_result(self._answers)
        return not self._missing

    def fail(self) -> None:
        if not self.answered.done():
            self.answered.set_exception(LineBroke("Redis went away."))


class Line:
    """One connection, opened when somebody asks and again after it broke."""

    def __init__(self) -> None:
        # Silence is no fault of a connection on which nobody asks.
        pool = ConnectionPool.from_url(settings.REDIS_URL, protocol=2, socket_timeout=None)
        self._connection = pool.make_connection()
        self._asked: deque[Question] = deque()
        self._listening: asyncio.Task[None] | None = None
        self._is_open = False
        self._opening = asyncio.Lock()

    async def ask(self, *commands: Command, again: bool = True) -> list[Any]:
        """The answers to these commands, as bytes and numbers; an error of one of them stands in its place.

        Waits a moment for a Redis that went away, and asks `again`: it may have carried a command out twice. Raises
        RedisError if it does not come back, without `again` at once.
        """
        if not commands:  # no answer would come
            return []
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                while True:
                    try:
                        return await self._exchange(commands)
                    except (RedisError, OSError) as error:
                        if not again:
                            raise LineBroke("Redis is away.") from error
                        await asyncio.sleep(SECONDS_BETWEEN_TRIES)
        except TimeoutError:
            raise LineBroke("Redis does not answer.") from None

    async def close(self) -> None:
        """Harmless if it is not open."""
        if self._listening:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        await self._connection.disconnect()

    async def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        if not self._is_open:
            await self._open()
        question = Question(len(commands))
        self._asked.append(question)
        await self._connection.send_packed_command(self._connection.pack_commands(commands))
        return await question.answered

    async def _open(self) -> None:
        async with self._opening:
            if self._listening and not self._is_open:
                await asyncio.wait([self._listening])  # what it still does belongs to the connection before
            if not self._is_open:
                await self._connection.connect()
                self._listening = asyncio.ensure_future(self._listen())
                self._is_open = True

    async def _listen(self) -> None:
        try:
            while True:
                answer = await self._next_answer()
                if self._asked[0].take(answer):
                    self._asked.popleft()
        except (RedisError, OSError):
            self._hang_up()
            await self._connection.disconnect(nowait=True)
        finally:
            self._hang_up()

    def _hang_up(self) -> None:
        self._is_open = False
        while self._asked:
            self._asked.popleft().fail()

    async def _next_answer(self) -> Any:
        try:
            return await self._connection.read_response(disable_decoding=True)
        except ResponseError as error:
            return error


_lines: "WeakKeyDictionary[asyncio.AbstractEventLoop, Line]" = WeakKeyDictionary()


def line() -> Line:
    """The line of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _lines:
        _lines[loop] = Line()
    return _lines[loop]
