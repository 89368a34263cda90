"""Calling for help in PeerLoop as its pages do: forms over kept connections, and the sockets that each page opens."""

import asyncio
import json
import re

import redis.asyncio

from bench.bells import PaidDesk
from bench.dispatch import Waiting
from bench.stores import REDIS_URL
from bench.wires import Address, Answer, Ear, FormLine

_WORKER_SECONDS = 60
_NAME = re.compile(rb'data-summons="([0-9a-f-]{36})"')
_BELL = re.compile(rb'{"type":"notification",.*?"request_id":"([0-9a-f-]{36})"')


class Page:
    """What one person has open: the socket of every page, and a connection for forms."""

    def __init__(self, line: FormLine) -> None:
        self._line = line
        self._answered: asyncio.Future[None] | None = None
        self.ear: Ear | None = None

    def hear(self, payload: bytes) -> None:
        if self._answered and payload.startswith((b'{"type":"done"', b'{"type":"error"')):
            self._answered.set_result(None)
            self._answered = None

    async def post(self, path: str, *, ahead: str = "", **fields: str) -> Answer:
        """Send a form; one that goes `ahead` on the socket follows as soon as that is answered."""
        if ahead and self.ear:
            self._answered = asyncio.get_running_loop().create_future()
            self.ear.say(json.dumps({"type": ahead, **fields}))
            await self._answered
        return await self._line.post(path, **fields)

    def leave(self) -> None:
        self._line.close()
        if self.ear:
            self.ear.leave()


class PeerLoopDesk(PaidDesk):
    def __init__(self, port: int, *, course: str, helpers: list[str], students: list[str]) -> None:
        super().__init__(port)
        self._course, self._helpers, self._students = course, helpers, students
        self._helping: list[Page] = []
        self._calling: dict[int, Page] = {}
        self._ears: dict[str, Ear] = {}

    def helper(self, number: int) -> Address:
        return anywhere(self._helpers[number])

    def is_call(self, payload: bytes) -> bool:
        return payload.startswith(b'{"type":"summon",')

    def is_match(self, payload: bytes) -> bool:
        return payload.startswith(b'{"type":"matched",')

    async def open(self, helpers: list[Ear]) -> None:
        await _worker_is_there()
        for cookie, ear in zip(self._helpers, helpers, strict=False):
            page = Page(await FormLine.open(self.port, cookie))
            page.ear = ear
            self._helping.append(page)

    def hear(self, helper: int, payload: bytes) -> None:
        if helper < len(self._helping):
            self._helping[helper].hear(payload)

    async def come(self, student: int) -> None:
        cookie = self._students[student]
        page = self._calling[student] = Page(await FormLine.open(self.port, cookie))
        page.ear = await Ear.open(self.port, anywhere(cookie), page.hear)

    async def call(self, student: int) -> str:
        fields = {"course": self._course, "message": "Why does the loop end one early?"}
        answer = await self._calling[student].post("/summons", ahead="summon", **fields)
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
        page = self._helping[helper]
        answer = await page.post(f"/summons/{name}/acceptance", ahead="accept_summons", request_id=name)
        return answer.status == 200

    async def end(self, student: int, name: str) -> None:
        page = self._calling.pop(student)
        answer = await page.post(f"/summons/{name}/end")
        page.leave()
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
        self._calling.pop(customer).leave()

    async def _led_on(self, customer: int, path: str, **fields: str) -> Answer:
        """The answer to a form that was taken: a refused one comes back with its page."""
        answer = await self._calling[customer].post(path, **fields)
        if answer.status != 302:
            raise ConnectionError(f"{path} was answered with {answer.status}")
        return answer


def anywhere(cookie: str) -> Address:
    return Address("/api/me/connect?format=html", cookie)


async def _worker_is_there() -> None:
    """Wait for Celery's worker: its start is nobody's call. Raises ConnectionError if it does not come."""
    client = redis.asyncio.Redis.from_url(REDIS_URL)
    for _ in range(_WORKER_SECONDS * 5):
        if await client.exists("_kombu.binding.celery.pidbox"):
            await client.aclose()
            return
        await asyncio.sleep(0.2)
    raise ConnectionError("the worker did not start: see var/bench/peerloop.log")
