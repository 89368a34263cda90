"""Calling for help in PeerLoop as its pages do: forms over kept connections, and the sockets that each page opens."""

import asyncio
import re

import redis.asyncio

from bench.bells import PaidDesk
from bench.dispatch import Waiting
from bench.stores import REDIS_URL
from bench.wires import Address, Answer, Ear, FormLine

_WORKER_SECONDS = 60
_NAME = re.compile(rb'data-summons="([0-9a-f-]{36})"')
_BELL = re.compile(rb'{"type":"notification",.*?"request_id":"([0-9a-f-]{36})"')


class PeerLoopDesk(PaidDesk):
    def __init__(self, port: int, *, course: str, helpers: list[str], students: list[str]) -> None:
        super().__init__(port)
        self._course, self._helpers, self._students = course, helpers, students
        self._helper_lines: list[FormLine] = []
        self._lines: dict[int, FormLine] = {}
        self._ears: dict[str, Ear] = {}

    def helper(self, number: int) -> Address:
        return Address("/api/me/connect?format=html", self._helpers[number])

    def is_call(self, payload: bytes) -> bool:
        return payload.startswith(b'{"type":"summon",')

    def is_match(self, payload: bytes) -> bool:
        return payload.startswith(b'{"type":"matched",')

    async def open(self, helpers: list[Ear]) -> None:
        await _worker_is_there()
        self._helper_lines = [await FormLine.open(self.port, cookie) for cookie in self._helpers[: len(helpers)]]

    async def come(self, student: int) -> None:
        self._lines[student] = await FormLine.open(self.port, self._students[student])

    async def call(self, student: int) -> str:
        fields = {"course": self._course, "message": "Why does the loop end one early?"}
        answer = await self._lines[student].post("/summons", **fields)
        found = _NAME.search(answer.body)
        if found is None:
            raise ConnectionError(f"a call was answered with {answer.status} and no summons")
        return found[1].decode()

    async def wait(self, student: int, name: str, waiting: Waiting) -> None:
        welcomed = asyncio.Event()

        def hear(payload: bytes) -> None:
            welcomed.set()
            if self.is_match(payload):
                waiting.note()

        address = Address(f"/api/help/connect?request_id={name}&format=html", self._students[student])
        self._ears[name] = await Ear.open(self.port, address, hear)
        await asyncio.wait_for(welcomed.wait(), 5)

    async def accept(self, helper: int, name: str) -> bool:
        return (await self._helper_lines[helper].post(f"/summons/{name}/acceptance")).status == 200

    async def end(self, student: int, name: str) -> None:
        line = self._lines.pop(student)
        answer = await line.post(f"/summons/{name}/end")
        line.close()
        self._ears.pop(name).leave()
        if answer.status != 200:
            raise ConnectionError(f"the end of a session was answered with {answer.status}")

    def bell(self, payload: bytes) -> str:
        found = _BELL.match(payload)
        return found[1].decode() if found else ""

    async def ask(self, customer: int, name: str) -> str:
        fields = {"category": "painting", "description": "My third layer dries chalky.", "amount": "20"}
        return (await self._led_on(customer, "/customer/request", request_id=name, **fields)).location

    async def hold(self, customer: int, bill: str) -> None:
        await self._led_on(customer, bill, card="pm_card_visa")

    async def withdraw(self, customer: int, name: str) -> None:
        await self._led_on(customer, f"/customer/request/{name}/withdrawal")
        self._lines.pop(customer).close()

    async def _led_on(self, customer: int, path: str, **fields: str) -> Answer:
        """The answer to a form that was taken: a refused one comes back with its page."""
        answer = await self._lines[customer].post(path, **fields)
        if answer.status != 302:
            raise ConnectionError(f"{path} was answered with {answer.status}")
        return answer


async def _worker_is_there() -> None:
    """Wait for Celery's worker: its start is nobody's call. Raises ConnectionError if it does not come."""
    client = redis.asyncio.Redis.from_url(REDIS_URL)
    for _ in range(_WORKER_SECONDS * 5):
        if await client.exists("_kombu.binding.celery.pidbox"):
            await client.aclose()
            return
        await asyncio.sleep(0.2)
    raise ConnectionError("the worker did not start: see var/bench/peerloop.log")
