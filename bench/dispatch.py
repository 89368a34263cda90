"""Calling for help: from the student's press to the last of fifty helpers, and from a helper's press to the student.

Five helpers press "accept" at the same instant; one may win. The calls follow each other, each by another student.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from time import perf_counter

from bench.check import Verdict
from bench.wires import Address, Ear

HELPERS, RIVALS = 50, 5
_CONNECTING_AT_ONCE = 10
_PATIENCE = 5.0
_SETTLE = 0.2


class Desk(ABC):
    """How one server is called for help. Made anew for each start of the server."""

    def __init__(self, port: int) -> None:
        self.port = port

    @abstractmethod
    def helper(self, number: int) -> Address:
        """Where a helper listens."""

    @abstractmethod
    def is_call(self, payload: bytes) -> bool:
        """Whether this frame tells a helper of a call."""

    @abstractmethod
    def is_match(self, payload: bytes) -> bool:
        """Whether this frame tells a student that somebody comes."""

    def hear(self, helper: int, payload: bytes) -> None:  # noqa: B027  (not everybody needs it)
        """What a helper hears beside calls."""

    async def open(self, helpers: "list[Ear]") -> None:  # noqa: B027  (not everybody needs it)
        """Open what helpers and students speak on, before anything is measured."""

    async def come(self, student: int) -> None:  # noqa: B027
        """The student has a page open, before the press."""

    @abstractmethod
    async def call(self, student: int) -> str:
        """Send a call, and return what names it once the server answers."""

    @abstractmethod
    async def wait(self, student: int, name: str, waiting: "Waiting") -> None:
        """Have the student listen; returns once what is told from now on reaches `waiting`."""

    @abstractmethod
    async def accept(self, helper: int, name: str) -> bool:
        """Whether this helper won."""

    @abstractmethod
    async def end(self, student: int, name: str) -> None:
        """End what the call led to, so that all helpers are free again."""


class Waiting:
    """Somebody for whom a frame is on its way: when each arrived."""

    def __init__(self, expected: int) -> None:
        self._expected = expected
        self.arrived: list[float] = []
        self._all = asyncio.Event()

    def note(self) -> None:
        self.arrived.append(perf_counter())
        if len(self.arrived) >= self._expected:
            self._all.set()

    async def all(self, patience: float = _PATIENCE) -> bool:
        """Whether all came in time."""
        try:
            await asyncio.wait_for(self._all.wait(), patience)
        except TimeoutError:
            return False
        return True


@dataclass
class Dispatched:
    """What so many calls showed: seconds each, and what went wrong."""

    called: list[float] = field(default_factory=list)
    accepted: list[float] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    def figures(self) -> dict[str, float]:
        return {**middle_and_tail("call", self.called), **middle_and_tail("accept", self.accepted)}


class Dispatch:
    """Fifty helpers on one server, and the calls that reach them."""

    def __init__(self, desk: Desk, students: Iterator[int]) -> None:
        self._desk, self._students = desk, students
        self._told: Waiting | None = None
        self._here: list[int] = []
        self._helpers: list[Ear] = []

    async def open(self, students: int) -> None:
        """Have all helpers and so many students open their pages."""
        self._here = list(islice(self._students, students))
        for student in self._here:
            await self._desk.come(student)
        self._helpers = await gather_helpers(self._desk, HELPERS, self._hear)

    def close(self) -> None:
        for helper in self._helpers:
            helper.leave()

    async def calls(self, times: int) -> Dispatched:
        done = Dispatched()
        for _ in range(times):
            await self._cycle(self._here.pop(), done)
        return done

    def _hear(self, helper: int, payload: bytes) -> None:
        if self._told is None or not self._desk.is_call(payload):
            self._desk.hear(helper, payload)
        else:
            self._told.note()

    async def _cycle(self, student: int, done: Dispatched) -> None:
        self._told = told = Waiting(HELPERS)
        began = perf_counter()
        calling = asyncio.ensure_future(self._desk.call(student))
        if await told.all():
            done.called.append(told.arrived[-1] - began)
        name = await calling
        matched = Waiting(1)
        await self._desk.wait(student, name, matched)
        await asyncio.sleep(_SETTLE)
        began = perf_counter()
        rivals = [(student * RIVALS + number) % HELPERS for number in range(RIVALS)]
        won = await asyncio.gather(*(self._desk.accept(number, name) for number in rivals))
        if await matched.all():
            done.accepted.append(matched.arrived[0] - began)
        await self._desk.end(student, name)
        await asyncio.sleep(_SETTLE)
        untold = HELPERS - len(told.arrived) + 1 - len(matched.arrived)
        done.verdict += Verdict(lost=max(untold, 0), doubled=max(-untold, 0) + abs(sum(won) - 1))


async def gather_helpers(desk: Desk, count: int, hear: Callable[[int, bytes], None]) -> list[Ear]:
    """Have so many helpers listen; each frame goes to `hear` with the helper's number."""
    gate = asyncio.Semaphore(_CONNECTING_AT_ONCE)

    async def enter(number: int) -> Ear:
        async with gate:
            return await Ear.open(desk.port, desk.helper(number), partial(hear, number))

    helpers = list(await asyncio.gather(*(enter(number) for number in range(count))))
    await desk.open(helpers)
    # Arrivals are told once a second; they belong to nobody's figures.
    await asyncio.sleep(2)
    return helpers


def middle_and_tail(what: str, seconds: list[float]) -> dict[str, float]:
    times = sorted(seconds) or [float("inf")]
    return {
        f"{what} p50 ms": times[len(times) // 2] * 1000,
        f"{what} p95 ms": times[min(len(times) * 95 // 100, len(times) - 1)] * 1000,
    }
