"""The load: rooms of members on raw sockets in one process, cheap enough to leave the other core to the server.

A message's text begins `bench RUN ROOM NUMBER`; a delivery is any frame that holds this mark of the present run. So one
client reads every server's protocol, and history or echoes of an earlier run are never counted.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter
from typing import cast

from bench.check import Verdict, judge_room
from bench.frames import CLOSE, PING, PONG, TEXT, FrameReader, client_frame, upgrade_request

_MARK = b"bench "
# Across all crowds: what an earlier one said is in the history that a later one is greeted with.
_runs = count(1)
_CONNECTING_AT_ONCE = 20
_ENTERING_SECONDS = 20
_WORDS = "Why does the loop end one early? I expected the last element to be printed as well, but it is not. "


def _no_cookie(_room: int, _seat: int) -> str:
    return ""


def _silent(_payload: bytes) -> bytes | None:
    return None


@dataclass(frozen=True)
class Dialect:
    """How a server is spoken to. `answer` replies to a frame that is no delivery, or says nothing."""

    path: Callable[[int, int], str]
    message: Callable[[str], str]
    cookie: Callable[[int, int], str] = _no_cookie
    answer: Callable[[bytes], bytes | None] = _silent
    # A member is in once a frame begins like this; None: once the handshake is done.
    welcome: bytes | None = None


@dataclass
class Room:
    index: int
    seats: dict[int, "Member"] = field(default_factory=dict)
    sent: dict[int, int] = field(default_factory=dict)
    sent_at: dict[int, float] = field(default_factory=dict)
    when_all_have_it: Callable[["Room"], None] | None = None
    _missing: dict[int, int] = field(default_factory=dict)

    def begin(self) -> None:
        self.sent, self.sent_at, self._missing = {}, {}, {}
        for member in self.seats.values():
            member.seen = []

    def send(self, run: int, size: int, words: str = _WORDS) -> None:
        """The next member in turn says something of `size` characters."""
        number = len(self.sent)
        sender = number % len(self.seats)
        self.sent[number] = sender
        self._missing[number] = len(self.seats)
        text = (f"bench {run} {self.index} {number} " + words * (size // len(words) + 1))[:size]
        self.sent_at[number] = perf_counter()
        self.seats[sender].say(text)

    def arrived(self, number: int) -> None:
        self._missing[number] -= 1
        if not self._missing[number] and self.when_all_have_it:
            self.when_all_have_it(self)

    def verdict(self) -> Verdict:
        return judge_room(self.sent, [member.seen for member in self.seats.values()])


class Member(asyncio.Protocol):
    """One member's socket: shakes hands, answers pings, notes which message arrived when."""

    def __init__(self, crowd: "Crowd", room: Room, seat: int) -> None:
        self._crowd, self._room, self._seat = crowd, room, seat
        self._reader: FrameReader | None = None
        self._head = b""
        self.seen: list[int] = []
        self.bytes_received = 0
        self.entered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_open = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        # The server's and our own; a connection that was closed forgets them.
        self.ports: tuple[int, int] = (transport.get_extra_info("peername")[1], transport.get_extra_info("sockname")[1])
        place = (self._room.index, self._seat)
        dialect = self._crowd.dialect
        self.transport.write(
            upgrade_request(path=dialect.path(*place), port=self.ports[0], cookie=dialect.cookie(*place))
        )

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if not self.entered.done():
            self.entered.set_exception(ConnectionError("closed before the member was in"))

    def data_received(self, data: bytes) -> None:
        self.bytes_received += len(data)
        if self._reader is None:
            data = self._shake_hands(data)
        if self._reader is not None and data:
            for opcode, payload in self._reader.feed(data):
                self._take(opcode, payload)

    def say(self, text: str) -> None:
        self.transport.write(client_frame(TEXT, self._crowd.dialect.message(text).encode()))

    def sleep(self) -> None:
        """Stop reading, as a suspended tab does."""
        self.transport.pause_reading()

    def wake(self) -> None:
        if self.is_open:
            self.transport.resume_reading()

    def leave(self) -> None:
        if not self.is_open:
            return
        self.transport.write(client_frame(CLOSE, (1000).to_bytes(2)))
        self.transport.close()

    def _shake_hands(self, data: bytes) -> bytes:
        self._head += data
        head, end, rest = self._head.partition(b"\r\n\r\n")
        if not end:
            return b""
        if b" 101 " not in head.split(b"\r\n")[0]:
            if not self.entered.done():
                self.entered.set_exception(ConnectionError(head.split(b"\r\n")[0].decode()))
            self.transport.abort()
            return b""
        self._reader = FrameReader()
        if self._crowd.dialect.welcome is None:
            self.entered.set_result(None)
        return rest

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT:
            if not self._is_delivery(payload):
                self._converse(payload)
        elif opcode == PING:
            self.transport.write(client_frame(PONG, payload))
        elif opcode == CLOSE:
            self.leave()

    def _is_delivery(self, payload: bytes) -> bool:
        at = payload.find(_MARK)
        if at < 0:
            return False
        run, room, number, _ = payload[at + len(_MARK) : at + 40].split(b" ", 3)
        if int(run) != self._crowd.run or int(room) != self._room.index:
            return False
        self._note(int(number))
        return True

    def _note(self, number: int) -> None:
        self.seen.append(number)
        self._crowd.latencies.append(perf_counter() - self._room.sent_at[number])
        self._room.arrived(number)

    def _converse(self, payload: bytes) -> None:
        welcome = self._crowd.dialect.welcome
        if welcome is not None and not self.entered.done() and payload.startswith(welcome):
            self.entered.set_result(None)
        reply = self._crowd.dialect.answer(payload)
        if reply is not None:
            self.transport.write(client_frame(TEXT, reply))


class Crowd:
    """All members of one server. `ports` are the processes they spread over, seat by seat."""

    def __init__(self, dialect: Dialect, ports: list[int]) -> None:
        self.dialect, self._ports = dialect, ports
        self.rooms: list[Room] = []
        self.latencies: list[float] = []
        self.run = 0

    async def fill(self, *, rooms: int, seats: int) -> int:
        """Bring the crowd to exactly so many rooms and open seats; returns how many had to connect."""
        while len(self.rooms) > rooms:
            _shrink(self.rooms.pop(), 0)
        while len(self.rooms) < rooms:
            self.rooms.append(Room(len(self.rooms)))
        for room in self.rooms:
            _shrink(room, seats)
        missing = [(room, seat) for room in self.rooms for seat in _free_seats(room, seats)]
        gate = asyncio.Semaphore(_CONNECTING_AT_ONCE)
        await asyncio.gather(*(self._enter(room, seat, gate) for room, seat in missing))
        return len(missing)

    def begin(self, when_all_have_it: Callable[[Room], None] | None = None) -> None:
        """Start a new run: what members saw before it is forgotten, what still arrives from before is ignored."""
        self.run = next(_runs)
        self.latencies = []
        for room in self.rooms:
            room.when_all_have_it = when_all_have_it
            room.begin()

    async def drain(self, *, patience: float) -> None:
        """Wait until everybody has everything, or until nothing has arrived for `patience` seconds."""
        arrived, since = -1, perf_counter()
        while len(self.latencies) < self.expected and perf_counter() - since < patience:
            if len(self.latencies) != arrived:
                arrived, since = len(self.latencies), perf_counter()
            await asyncio.sleep(0.02)

    @property
    def expected(self) -> int:
        return sum(len(room.sent) * len(room.seats) for room in self.rooms)

    def verdict(self) -> Verdict:
        return sum((room.verdict() for room in self.rooms), Verdict())

    async def _enter(self, room: Room, seat: int, gate: asyncio.Semaphore) -> None:
        port = self._ports[seat % len(self._ports)]
        async with gate:
            _, member = await asyncio.get_running_loop().create_connection(
                lambda: Member(self, room, seat), "127.0.0.1", port
            )
            try:
                await asyncio.wait_for(member.entered, _ENTERING_SECONDS)
            except TimeoutError as error:
                # Not a TimeoutError: that would look like the end of the whole run's time.
                raise ConnectionError(f"not welcomed within {_ENTERING_SECONDS} seconds") from error
        room.seats[seat] = member


def _shrink(room: Room, seats: int) -> None:
    for seat in [seat for seat in room.seats if seat >= seats]:
        room.seats.pop(seat).leave()


def _free_seats(room: Room, seats: int) -> list[int]:
    return [seat for seat in range(seats) if seat not in room.seats or not room.seats[seat].is_open]
