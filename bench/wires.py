"""The least clients for people who wait: an open socket that hears frames, and a kept connection that sends forms."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeVar, cast
from urllib.parse import urlencode

from bench.frames import CLOSE, PING, PONG, TEXT, FrameReader, client_frame, upgrade_request

_PATIENCE = 20
_CSRF = "c" * 32
T = TypeVar("T")


class Address(NamedTuple):
    """Where a socket is opened, and as whom."""

    path: str
    cookie: str = ""


class Ear(asyncio.Protocol):
    """One open socket. Each text frame goes to `hear`."""

    def __init__(self, address: Address, hear: Callable[[bytes], None]) -> None:
        self._address, self._hear = address, hear
        self._reader: FrameReader | None = None
        self._head = b""
        self.entered: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(cls, port: int, address: Address, hear: Callable[[bytes], None]) -> "Ear":
        """Raises ConnectionError unless the server shakes hands."""
        _, ear = await asyncio.get_running_loop().create_connection(lambda: cls(address, hear), "127.0.0.1", port)
        await _in_time(ear.entered)
        return ear

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        port = transport.get_extra_info("peername")[1]
        self._transport.write(upgrade_request(path=self._address.path, port=port, cookie=self._address.cookie))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.entered.done():
            self.entered.set_exception(ConnectionError("closed before the hands were shaken"))

    def data_received(self, data: bytes) -> None:
        if self._reader is None:
            data = self._shake_hands(data)
        if self._reader is not None and data:
            for opcode, payload in self._reader.feed(data):
                if opcode == TEXT:
                    self._hear(payload)
                elif opcode == PING:
                    self._transport.write(client_frame(PONG, payload))
                elif opcode == CLOSE:
                    self.leave()

    def say(self, text: str) -> None:
        self._transport.write(client_frame(TEXT, text.encode()))

    def leave(self) -> None:
        self._transport.write(client_frame(CLOSE, (1000).to_bytes(2)))
        self._transport.close()

    def _shake_hands(self, data: bytes) -> bytes:
        self._head += data
        head, end, rest = self._head.partition(b"\r\n\r\n")
        if not end:
            return b""
        if b" 101 " not in head.split(b"\r\n")[0]:
            self.entered.set_exception(ConnectionError(head.split(b"\r\n")[0].decode()))
            self._transport.abort()
            return b""
        self._reader = FrameReader()
        self.entered.set_result(None)
        return rest


class Answer(NamedTuple):
    status: int
    body: bytes
    location: str
    """Where a redirect leads, in small letters."""


class FormLine:
    """A kept connection of one signed-in person, who sends forms as a page does."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cookie: str) -> None:
        self._reader, self._writer, self._cookie = reader, writer, cookie

    @classmethod
    async def open(cls, port: int, cookie: str) -> "FormLine":
        return cls(*await asyncio.open_connection("127.0.0.1", port), cookie)

    async def post(self, path: str, **fields: str) -> Answer:
        body = urlencode(fields).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self._cookie}; csrftoken={_CSRF}\r\n"
            f"X-CSRFToken: {_CSRF}\r\nHX-Request: true\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        return await _in_time(self._answer())

    def close(self) -> None:
        self._writer.close()

    async def _answer(self) -> Answer:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        fields = {name: value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = await self._reader.readexactly(int(fields.get("content-length", 0)))
        return Answer(int(head[0].split()[1]), body, fields.get("location", ""))


async def _in_time(awaited: Awaitable[T]) -> T:
    try:
        return await asyncio.wait_for(awaited, _PATIENCE)
    except TimeoutError as error:
        # Not a TimeoutError: that would look like the end of the whole run's time.
        raise ConnectionError(f"no answer within {_PATIENCE} seconds") from error
