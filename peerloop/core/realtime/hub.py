"""One hub per process: it hears each group once and hands every local member the same prebuilt frame.

Nothing is done per member and message but the send. A member whose backlog passes the cap is closed; it comes back
and asks for what it missed.
"""

import asyncio
import struct
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import cached_property
from typing import Any, Literal
from uuid import UUID

import structlog
from channels.layers import get_channel_layer  # this module is the road
from django.conf import settings

from . import groups
from .event import encode

log = structlog.get_logger(__name__)
Format = Literal["json", "html"]
Message = dict[str, Any]

# Close codes of our own; the page's script and docs/events.md know them.
BEHIND, ENDED, REFUSED, MISSING = 4408, 4401, 4403, 4404
SECONDS_BETWEEN_TICKS = 5


class Frame:
    """One text for many members, framed for the wire once (RFC 6455, section 5.2: final, text, not masked)."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def wire(self) -> bytes:
        payload = self.text.encode()
        if len(payload) < 126:
            return struct.pack("!BB", 0x81, len(payload)) + payload
        if len(payload) < 2**16:
            return struct.pack("!BBH", 0x81, 126, len(payload)) + payload
        return struct.pack("!BBQ", 0x81, 127, len(payload)) + payload


RESYNC = Frame(encode({"type": "resync"}))


class Member:
    """One open socket. `send` is the ASGI send of its connection, `socket` the server's direct writer if it has one."""

    def __init__(
        self,
        send: Callable[[dict[str, Any]], Awaitable[None]],
        *,
        user_id: UUID,
        session: str = "",
        format: Format = "json",
        socket: Any = None,
    ) -> None:
        self.user_id, self.session, self.format = str(user_id), session, format
        self._send, self._socket = send, socket
        self._outbox: deque[dict[str, Any]] = deque()
        self._backlog = 0
        self._pump: asyncio.Task[None] | None = None
        self.open = True
        self.hears = False  # until it is known that it may

    def deliver(self, frame: "Frame") -> None:
        """Hand over one frame; close instead if this member has fallen too far behind."""
        if not (self.open and self.hears):
            return
        backlog = self._socket.backlog if self._socket else self._backlog
        if backlog > settings.PEERLOOP.BACKLOG_BYTES:
            self.close(BEHIND)
        elif self._socket:
            self._socket.write(frame.wire)
        else:
            self._backlog += len(frame.text)
            self._put({"type": "websocket.send", "text": frame.text})

    def close(self, code: int, sentence: str = "") -> None:
        """Close after a last sentence, if there is one to say; nothing is delivered afterwards."""
        if not self.open:
            return
        self.open = False
        if code == BEHIND:
            self._outbox.clear()
        if sentence:
            self._put({"type": "websocket.send", "text": encode({"type": "error", "message": sentence})})
        self._put({"type": "websocket.close", "code": code})

    def _put(self, message: dict[str, Any]) -> None:
        self._outbox.append(message)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.ensure_future(self._drain())

    async def _drain(self) -> None:
        try:
            while self._outbox:
                message = self._outbox.popleft()
                await self._send(message)
                self._backlog -= len(message.get("text", ""))
        except Exception:  # servers differ in what a vanished connection raises
            self.open = False
            self._outbox.clear()


class Hub:
    """The members of this process by group, and the one channel on which all their groups are heard."""

    def __init__(self) -> None:
        self.layer = get_channel_layer()
        self.groups: dict[str, set[Member]] = defaultdict(set)
        self._channel = ""
        self._lock = asyncio.Lock()
        self._listener: asyncio.Task[None] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._tick = self._heard_tick = 0

    async def join(self, member: Member, *names: str) -> None:
        """After this returns, `member` gets what is told to these groups."""
        await self._listen()
        async with self._lock:
            for name in _with_pages(member, names):
                if not self.groups[name]:
                    await self.layer.group_add(name, self._channel)
                self.groups[name].add(member)

    async def leave(self, member: Member, *names: str) -> None:
        """Take `member` out of these groups; harmless if it is not in them."""
        member.open = False
        async with self._lock:
            for name in _with_pages(member, names):
                self.groups[name].discard(member)
                if not self.groups[name]:
                    del self.groups[name]
                    await self.layer.group_discard(name, self._channel)

    async def _listen(self) -> None:
        async with self._lock:
            if self._listener is None or self._listener.done():
                self._channel = await self.layer.new_channel()
                await self.layer.group_add(groups.CONTROL, self._channel)
                self._listener = asyncio.ensure_future(self._hear())
                self._watcher = asyncio.ensure_future(self._watch())

    async def _hear(self) -> None:
        while True:
            message = await self.layer.receive(self._channel)
            try:
                self._pass_on(message)
            except Exception:  # one bad message must not deafen the process
                log.exception("message_not_delivered", kind=message.get("type"))

    def _pass_on(self, message: Message) -> None:
        if message["type"] == "frames":
            frames = {"json": Frame(message["json"]), "html": Frame(message["html"])}
            for member in tuple(self.groups.get(message["group"], ())):
                # What was not drawn was told before this page came, and is in what the page starts from.
                if (frame := frames[member.format]).text:
                    member.deliver(frame)
        elif message["type"] == "close":
            self._close(message)
        elif message["type"] == "tick":
            self._heard_tick = message["number"]

    def _close(self, order: Message) -> None:
        concerned = self.groups.get(order["group"], ()) if order["group"] else set().union(*self.groups.values())
        for member in tuple(concerned):
            if order["user_id"] in ("", member.user_id) and order["session"] in ("", member.session):
                member.close(ENDED, order["sentence"])

    async def _watch(self) -> None:
        """Send ourselves a tick; one that did not come back means the bus was away and frames are lost."""
        deaf = False
        while True:
            came_back = self._heard_tick == self._tick
            if deaf and came_back:
                self._resync()
            deaf = not came_back
            self._tick += 1
            with suppress(Exception):  # the bus is away: the tick will be missing
                await self.layer.send(self._channel, {"type": "tick", "number": self._tick})
            await asyncio.sleep(SECONDS_BETWEEN_TICKS)

    def _resync(self) -> None:
        """Whatever was told meanwhile is lost, so every member asks for what it missed."""
        for member in set().union(*self.groups.values()):
            member.deliver(RESYNC)


def _with_pages(member: Member, names: Iterable[str]) -> list[str]:
    """The groups in which this member is: a page is also in the group of the pages."""
    return [each for name in names for each in (name, groups.pages(name))[: 2 if member.format == "html" else 1]]


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The hub of the running loop. A process has one loop; tests have one each."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        for gone in [each for each in _hubs if each.is_closed()]:
            del _hubs[gone]
        _hubs[loop] = Hub()
    return _hubs[loop]


def pages_here(group: str) -> bool:
    """Whether a page of this process listens to `group`."""
    return any(each.groups.get(groups.pages(group)) for each in tuple(_hubs.values()))
