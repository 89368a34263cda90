"""The ear of a process: one connection on which Redis says what is published on the channels it attends.

The channel layer could hear for us, but asks with a time-out ten times a second and passes each message through a queue
and a second task, which costs more than handing the message to a whole room.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog
from django.conf import settings
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
SECONDS_TO_ANSWER = 5
SECONDS_BETWEEN_TRIES = 0.5


class Ear:
    """`hear(content)` is called for each message, `returned()` once the ear hears again after it had been cut off."""

    def __init__(self, hear: Callable[[bytes], None], returned: Callable[[], None]) -> None:
        self._hear, self._returned = hear, returned
        # Silence is no fault of a connection that only listens.
        pool = ConnectionPool.from_url(settings.REDIS_URL, protocol=2, socket_timeout=None)
        self._connection = pool.make_connection()
        self._channels: set[str] = set()
        self._awaited: dict[str, asyncio.Future[None]] = {}
        self._listening: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()
        self._hears = asyncio.Event()

    @property
    def is_listening(self) -> bool:
        return self._listening is not None and not self._listening.done()

    async def attend(self, channel: str) -> None:
        """After this returns, what is published on `channel` is heard.

        Waits a moment for a Redis that went away; raises RedisError if it does not come back.
        """
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                await self._open()
                await self._hears.wait()
                confirmed = self._awaited[channel] = asyncio.get_running_loop().create_future()
                await self._connection.send_command("SUBSCRIBE", channel)
                await confirmed
        except TimeoutError:
            raise RedisError("Redis did not confirm a subscription.") from None

    async def neglect(self, channel: str) -> None:
        """Hear `channel` no more; harmless if it was not attended."""
        self._channels.discard(channel)
        if self._hears.is_set():  # cut off, it attends to nothing
            with suppress(RedisError):
                await self._connection.send_command("UNSUBSCRIBE", channel)

    async def listen_anew(self) -> None:
        """Give up a connection that seems dead, for a new one."""
        self._hears.clear()
        await self._connection.disconnect(nowait=True)

    async def _open(self) -> None:
        async with self._opening:
            if not self.is_listening:
                await self._connection.connect()
                self._hears.set()
                self._listening = asyncio.ensure_future(self._listen())

    async def _listen(self) -> None:
        while True:
            try:
                await self._take_next()
            except RedisError as error:
                log.warning("ear_cut_off", error=str(error))
                self._hears.clear()
                await self._come_back()
                self._hears.set()
                self._returned()

    async def _take_next(self) -> bytes:
        """Wait for what Redis says next and do what it calls for; returns what kind it was."""
        kind, channel, content = await self._connection.read_response(disable_decoding=True)
        if kind == b"message":
            self._hear(content)
        elif kind == b"subscribe":
            self._confirm(channel.decode())
        return bytes(kind)

    def _confirm(self, channel: str) -> None:
        self._channels.add(channel)
        confirmed = self._awaited.pop(channel, None)
        if confirmed and not confirmed.done():
            confirmed.set_result(None)

    async def _come_back(self) -> None:
        while True:
            await self._connection.disconnect(nowait=True)
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)
            with suppress(RedisError):
                await self._connection.connect()
                await self._attend_again(list(self._channels))
                return

    async def _attend_again(self, channels: list[str]) -> None:
        if channels:
            await self._connection.send_command("SUBSCRIBE", *channels)
        missing = len(channels)
        while missing:
            missing -= await self._take_next() == b"subscribe"
