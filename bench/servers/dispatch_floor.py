"""`dispatch-floor`: a `websockets` server that stores a call with one commit and sends fifty prebuilt frames."""

import asyncio
import json
from uuid import uuid4

import psycopg

from bench.dispatch import Desk, Waiting
from bench.load import Dialect
from bench.servers.base import Server, python
from bench.stores import database_url
from bench.wires import Address, Ear


class DispatchFloor(Server):
    name = "dispatch-floor"
    database = "floor"
    workloads = ("dispatch",)

    def prepare(self) -> None:
        with psycopg.connect(database_url("floor"), autocommit=True) as connection:
            connection.execute("CREATE TABLE summons (name text PRIMARY KEY, helper integer)")

    def desk(self) -> Desk:
        return FloorDesk(self.ports[0])

    @property
    def dialect(self) -> Dialect:
        return Dialect(path=lambda _room, _seat: "/", message=str)

    def command(self, port: int) -> list[str]:
        return python("-m", "bench.servers.dispatch_floor_app", str(port), database_url("floor"))


class FloorDesk(Desk):
    """Everybody speaks on the socket on which they listen."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self._helpers: list[Ear] = []
        self._students: dict[int, Ear] = {}
        self._waiting: Waiting | None = None
        self._answers: dict[int, asyncio.Future[bool]] = {}

    def helper(self, number: int) -> Address:
        return Address(f"/helper/{number}")

    def is_call(self, payload: bytes) -> bool:
        return payload.startswith(b'{"type": "summon"')

    def is_match(self, payload: bytes) -> bool:
        return payload.startswith(b'{"type": "matched"')

    async def open(self, helpers: list[Ear]) -> None:
        self._helpers = helpers

    async def come(self, student: int) -> None:
        self._students[student] = await Ear.open(self.port, Address(f"/student/{student}"), self._hear)

    async def call(self, student: int) -> str:
        name = str(uuid4())
        self._say(self._students[student], call=name)
        return name

    async def wait(self, student: int, name: str, waiting: Waiting) -> None:
        self._waiting = waiting

    async def accept(self, helper: int, name: str) -> bool:
        self._answers[helper] = asyncio.get_running_loop().create_future()
        self._say(self._helpers[helper], accept=name)
        return await self._answers[helper]

    async def end(self, student: int, name: str) -> None:
        self._students.pop(student).leave()

    def hear(self, _helper: int, payload: bytes) -> None:
        answer = json.loads(payload)
        if answer["type"] == "answer":
            self._answers[answer["helper"]].set_result(answer["won"])

    def _hear(self, payload: bytes) -> None:
        if self._waiting and self.is_match(payload):
            self._waiting.note()

    def _say(self, ear: Ear | None, **words: str) -> None:
        assert ear is not None
        ear.say(json.dumps(words))
