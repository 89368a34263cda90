"""Paid help: from the customer's press that puts the money on hold to the bells of two hundred helpers.

The requests follow each other, each by another customer, who withdraws it so that the next meets the same bells.
"""

import asyncio
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from time import perf_counter
from uuid import uuid4

from bench.check import Verdict
from bench.dispatch import Desk, Waiting, gather_helpers, middle_and_tail
from bench.wires import Ear

LISTENERS = 200
_PATIENCE = 30.0
_SETTLE = 0.5


class PaidDesk(Desk):
    """A desk where help is paid for, too."""

    @abstractmethod
    def bell(self, payload: bytes) -> str:
        """The name of the request for which this frame rings a helper's bell; empty if it rings none."""

    @abstractmethod
    async def ask(self, customer: int, name: str) -> str:
        """Ask for help, of which nobody hears before it is paid for; returns the bill."""

    @abstractmethod
    async def hold(self, customer: int, bill: str) -> None:
        """Put the money on hold; returns once the server answers."""

    @abstractmethod
    async def withdraw(self, customer: int, name: str) -> None:
        """Ask for nothing any more: the bells are as they were."""


@dataclass
class Rung:
    """What so many requests showed: seconds each until a bell rang, and what went wrong."""

    first: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    def figures(self) -> dict[str, float]:
        return {**middle_and_tail("first", self.first), **middle_and_tail("last", self.last)}


class Bells:
    """The helpers on one server, and the requests that ring their bells."""

    def __init__(self, desk: PaidDesk, customers: Iterator[int], listeners: int = LISTENERS) -> None:
        self._desk, self._customers, self._listeners = desk, customers, listeners
        self._helpers: list[Ear] = []
        self._name, self._told = "", Waiting(listeners)
        self._heard: set[tuple[int, str]] = set()
        self._doubled = 0

    async def open(self) -> None:
        self._helpers = await gather_helpers(self._desk, self._listeners, self.hear)

    def close(self) -> None:
        for helper in self._helpers:
            helper.leave()

    def hear(self, helper: int, payload: bytes) -> None:
        name = self._desk.bell(payload)
        if (helper, name) in self._heard:
            self._doubled += 1
        elif name:
            self._heard.add((helper, name))
            if name == self._name:
                self._told.note()

    async def requests(self, times: int, patience: float = _PATIENCE) -> Rung:
        """Have so many requests rung; a helper who does not hear of one within `patience` seconds is lost to it."""
        rung, self._doubled = Rung(), 0
        for _ in range(times):
            await self._ring(next(self._customers), rung, patience)
        rung.verdict += Verdict(doubled=self._doubled)
        return rung

    async def _ring(self, customer: int, rung: Rung, patience: float) -> None:
        self._name, self._told = name, told = str(uuid4()), Waiting(self._listeners)
        await self._desk.come(customer)
        bill = await self._desk.ask(customer, name)
        began = perf_counter()
        holding = asyncio.ensure_future(self._desk.hold(customer, bill))
        everybody = await told.all(patience)
        rung.first.append(told.arrived[0] - began if told.arrived else inf)
        rung.last.append(told.arrived[-1] - began if everybody else inf)
        rung.verdict += Verdict(lost=self._listeners - len(told.arrived))
        await holding
        await asyncio.sleep(_SETTLE)
        await self._desk.withdraw(customer, name)
        await asyncio.sleep(_SETTLE)
