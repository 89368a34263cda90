"""One hub per process: it hears each group once and hands every local member the same prebuilt frame.

Nothing is done per member and message but the send. A member whose backlog passes the cap is closed; it comes back
and asks for what it missed.
"""

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any, Literal
from uuid import UUID, uuid4

import structlog
from channels.layers import get_channel_layer  # only realtime touches it
from django.conf import settings

from . import groups
from .bus import asend, channel_of
from .ear import Ear
from .event import encode
from .frames import Frame

log = structlog.get_logger(__name__)
Format = Literal["json", "html"]
Message = dict[str, Any]

# Close codes of our own; the page's script and docs/events.md know them.
BEHIND, ENDED, REFUSED, MISSING = 4408, 4401, 4403, 4404
SECONDS_BETWEEN_TICKS = 5
MOST_REMEMBERED = 10_000


RESYNC = Frame(encode({"type": "resync"}))


class Member:
    """One open socket. `send` is the ASGI send of its connection, `socket` writes frames directly if the server can."""

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
        limit = settings.PEERLOOP.BACKLOG_BYTES
        if self._socket:
            keeps_up = self._socket.write_frame(frame.wire, limit=limit)
        elif keeps_up := self._backlog <= limit:
            self._backlog += len(frame.text)
            self._put({"type": "websocket.send", "text": frame.text})
        if not keeps_up:
            self.close(BEHIND)

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


class KnownPages:
    """Which groups were found without a page, so that Redis is not asked before each telling."""

    def __init__(self) -> None:
        self._without: set[str] = set()
        self._news = 0
        self._lock = threading.Lock()

    def listen(self, group: str, ask: Callable[[], bool]) -> bool:
        """Whether a page may listen to `group`: `ask` finds out, once until a page comes."""
        if group in self._without:
            return False
        news = self._news
        return self._note(group, news, ask())

    async def alisten(self, group: str, ask: Callable[[], Awaitable[bool]]) -> bool:
        """The same for coroutines."""
        if group in self._without:
            return False
        news = self._news
        return self._note(group, news, await ask())

    def _note(self, group: str, news: int, listen: bool) -> bool:
        with self._lock:
            if len(self._without) >= MOST_REMEMBERED:
                self._without.clear()
            if not listen and news == self._news:  # a page that came while we asked may not be in the answer
                self._without.add(group)
        return listen

    def came(self, group: str) -> None:
        """A page came to `group` in some process."""
        with self._lock:
            self._news += 1
            self._without.discard(group)

    def forget(self) -> None:
        """The bus was away: who came meanwhile was not heard."""
        with self._lock:
            self._news += 1
            self._without.clear()


class Hub:
    """The members of this process by group, and the ear on which all their groups are heard."""

    def __init__(self) -> None:
        self.groups: dict[str, set[Member]] = defaultdict(set)
        self._ear = Ear(hear=self._hear, returned=self._catch_up)
        # Its own channel, on which it hears itself tick.
        self._own = f"hub.{uuid4()}"
        self._lock = asyncio.Lock()
        self._watcher: asyncio.Task[None] | None = None
        self._tick = self._heard_tick = 0
        self._doing: dict[str, Callable[[Message], None]] = {
            "frames": self._tell,
            "frame": self._spread,
            "batch": self._tell_each,
            "close": self._close,
            "page": self._note_page,
            "tick": self._note_tick,
        }
        self.known_pages = KnownPages()

    @property
    def is_listening(self) -> bool:
        return self._ear.is_listening

    async def join(self, member: Member, *names: str) -> None:
        """After this returns, `member` gets what is told to these groups."""
        await self._listen()
        async with self._lock:
            for name in _with_pages(member, names):
                if not self.groups[name]:
                    await self._ear.attend(channel_of(name))
                    await self._announce(name)
                self.groups[name].add(member)

    async def leave(self, member: Member, *names: str) -> None:
        """Take `member` out of these groups; harmless if it is not in them."""
        member.open = False
        async with self._lock:
            for name in _with_pages(member, names):
                self.groups[name].discard(member)
                if not self.groups[name]:
                    del self.groups[name]
                    await self._ear.neglect(channel_of(name))

    async def _announce(self, name: str) -> None:
        """A first page here: every process that thought there was none shall know before anything is told to it."""
        if name.endswith(groups.PAGES):
            await asend((groups.CONTROL, {"type": "page", "group": name}))

    async def _listen(self) -> None:
        async with self._lock:
            if not self.is_listening:
                for name in (self._own, groups.CONTROL):
                    await self._ear.attend(channel_of(name))
                self._watcher = asyncio.ensure_future(self._watch())

    def _hear(self, content: bytes) -> None:
        message = get_channel_layer().deserialize(content)
        try:
            self._pass_on(message)
        except Exception:  # one bad message must not deafen the process
            log.exception("message_not_delivered", kind=message.get("type"))

    def _pass_on(self, message: Message) -> None:
        self._doing[message["type"]](message)

    def _tell(self, message: Message) -> None:
        # What was not drawn was told by a process that had not heard of this page yet.
        frames = {"json": Frame(message["json"]), "html": Frame(message["html"]) if message["html"] else RESYNC}
        for member in tuple(self.groups.get(message["group"], ())):
            member.deliver(frames[member.format])

    def _spread(self, message: Message) -> None:
        """The same frame for pages and programs in many groups."""
        frame = Frame(message["text"])
        for name in message["groups"]:
            for member in tuple(self.groups.get(name, ())):
                member.deliver(frame)

    def _tell_each(self, message: Message) -> None:
        for each in message["messages"]:
            self._tell(each)

    def _note_page(self, message: Message) -> None:
        self.known_pages.came(message["group"])

    def _note_tick(self, message: Message) -> None:
        self._heard_tick = message["number"]

    def _close(self, order: Message) -> None:
        concerned = self.groups.get(order["group"], ()) if order["group"] else set().union(*self.groups.values())
        for member in tuple(concerned):
            if order["user_id"] in ("", member.user_id) and order["session"] in ("", member.session):
                member.close(ENDED, order["sentence"])

    async def _watch(self) -> None:
        """Send ourselves a tick; one that did not come back means that the ear is deaf and does not know it."""
        while True:
            if self._heard_tick != self._tick:
                await self._ear.listen_anew()
            self._tick += 1
            with suppress(Exception):  # the bus is away: the tick will be missing
                await asend((self._own, {"type": "tick", "number": self._tick}))
            await asyncio.sleep(SECONDS_BETWEEN_TICKS)

    def _catch_up(self) -> None:
        """Whatever was told while we heard nothing is lost, so every member asks for what it missed."""
        self.known_pages.forget()
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


def pages_listen(group: str, ask: Callable[[], bool]) -> bool:
    """Whether a page of this process listens to `group`, or one of another, as `ask` finds out. For threads."""
    here = [each for loop, each in tuple(_hubs.items()) if loop.is_running() and each.is_listening]
    if any(each.groups.get(groups.pages(group)) for each in here):
        return True
    # Without a hub nobody here would hear of a page that comes.
    return here[0].known_pages.listen(groups.pages(group), ask) if here else ask()


async def apages_listen(group: str, ask: Callable[[], Awaitable[bool]]) -> bool:
    """The same for coroutines."""
    here, pages = hub(), groups.pages(group)
    if here.groups.get(pages):
        return True
    return await here.known_pages.alisten(pages, ask) if here.is_listening else await ask()
