"""Who is here now: one lease per person, group and process in Redis, which expires unless its process renews it.

Each group is a sorted set of `person|process` scored by when the lease ends (seconds since the epoch), so that a
killed process leaves nobody online for longer than PEERLOOP.PRESENCE_GRACE_SECONDS.
"""

import asyncio
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from redis.exceptions import RedisError, ResponseError

from peerloop.core.realtime.bus import client
from peerloop.core.redis.line import Command, line

log = structlog.get_logger(__name__)
PROCESS = secrets.token_hex(4)
# Of three renewals two may fail.
SECONDS_BETWEEN_RENEWALS = settings.PEERLOOP.PRESENCE_GRACE_SECONDS / 3
# The group of everybody who has any page of ours open.
EVERYWHERE = "everywhere"
Change = Callable[[set[UUID], set[UUID]], Awaitable[None]]


def key(group: str) -> str:
    return f"pl:presence:{group}"


def people(leases: Iterable[bytes]) -> set[UUID]:
    return {UUID(lease.partition(b"|")[0].decode()) for lease in leases}


def online(group: str) -> set[UUID]:
    """Ids of the people present in `group` now. Empty when Redis is away."""
    try:
        leases: list[Any] = client().zrangebyscore(key(group), time.time(), "+inf")
    except RedisError:
        return set()
    return people(map(str.encode, leases))


def is_known() -> bool:
    """Whether Redis is there to tell who is present."""
    try:
        return bool(client().ping())
    except RedisError:
        return False


async def aonline(group: str) -> set[UUID]:
    """`online` for coroutines. Raises RedisError when Redis is away."""
    (leases,) = await _ask(_here(group))
    return people(leases)


def _here(group: str) -> Command:
    return ("ZRANGEBYSCORE", key(group), time.time(), "+inf")


async def _ask(*commands: Command) -> list[Any]:
    """The answers of Redis on the line of the loop: the pool of a client has an end when a thousand come at once."""
    answers = await line().ask(*commands, again=False)
    for answer in answers:
        if isinstance(answer, ResponseError):
            raise answer
    return answers


async def _ask_at_once(*commands: Command) -> list[Any]:
    """The same, and nobody's command comes in between."""
    *_, answers = await _ask(("MULTI",), *commands, ("EXEC",))
    return list(answers)


class Keeper:
    """This process's leases: taken at a person's first connection, renewed in one batch, given back at the last."""

    def __init__(self) -> None:
        self.connections: Counter[tuple[str, UUID]] = Counter()
        self.bulletins: dict[str, Bulletin] = {}
        self._renewal: asyncio.Task[None] | None = None

    async def arrive(self, group: str, user_id: UUID, tell: Change) -> set[UUID]:
        """Count one more connection of this person; returns who was here, if that was learned by the way.

        `tell(arrived, gone)` is called for changes in the group.
        """
        self.bulletins.setdefault(group, Bulletin(tell))
        self.connections[group, user_id] += 1
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.ensure_future(self._renew_for_ever())
        if self.connections[group, user_id] == 1:
            with suppress(RedisError):  # the next renewal takes the lease
                return await self._take(group, user_id)
        return set()

    async def _take(self, group: str, user_id: UUID) -> set[UUID]:
        """Take the lease; returns who was there before."""
        before, _ = await _ask_at_once(_here(group), ("ZADD", key(group), self._end(), self._lease(user_id)))
        there = people(before)
        if user_id not in there:
            self.bulletins[group].arrived(user_id)
        return there

    async def depart(self, group: str, user_id: UUID) -> None:
        """Count one connection less; the last one of a person ends the lease at once. Harmless if none was counted."""
        if (group, user_id) not in self.connections:
            return
        self.connections[group, user_id] -= 1
        if self.connections[group, user_id] > 0:
            return
        bulletin = self.bulletins[group]  # others may leave while we wait for Redis
        del self.connections[group, user_id]
        with suppress(RedisError):  # the lease ends by itself
            _, left = await _ask_at_once(("ZREM", key(group), self._lease(user_id)), _here(group))
            if user_id not in people(left):
                bulletin.gone(user_id)
        if not any(each == group for each, _ in self.connections):
            self.bulletins.pop(group, None)

    async def _renew_for_ever(self) -> None:
        while self.connections:
            await asyncio.sleep(SECONDS_BETWEEN_RENEWALS)
            try:
                await self._renew()
            except RedisError as error:
                log.warning("leases_not_renewed", error=str(error))

    async def _renew(self) -> None:
        """One batched write for all leases of this process, and an end to those that others left behind."""
        leases: dict[str, list[Any]] = defaultdict(list)
        for group, user_id in self.connections:
            leases[group] += (self._end(), self._lease(user_id))
        now = time.time()
        commands: list[Command] = []
        for group, ends in leases.items():
            commands.append(("ZADD", key(group), *ends))
            commands.append(("EXPIRE", key(group), 24 * 3600))
            commands.append(("ZRANGEBYSCORE", key(group), "-inf", now))
        replies = await _ask(*commands)
        for group, added, expired in zip(leases, replies[::3], replies[2::3], strict=True):
            if added:
                self._tell_anew(group)
            if expired:
                await self._end_leases(group, expired)

    def _tell_anew(self, group: str) -> None:
        """Redis was away or came back empty: that our people are here was never told, or is forgotten."""
        for each, user_id in self.connections:
            if each == group:
                self.bulletins[group].arrived(user_id)

    async def _end_leases(self, group: str, expired: list[bytes]) -> None:
        """Of all processes that notice, only the one whose removal counts tells the group."""
        counts = await _ask(*[("ZREM", key(group), lease) for lease in expired])
        removed = [lease for lease, count in zip(expired, counts, strict=True) if count]
        gone = people(removed) - await aonline(group)
        if bulletin := self.bulletins.get(group):  # somebody here still wants to know
            for user_id in gone:
                bulletin.gone(user_id)

    def _lease(self, user_id: UUID) -> str:
        return f"{user_id}|{PROCESS}"

    def _end(self) -> float:
        return time.time() + settings.PEERLOOP.PRESENCE_GRACE_SECONDS


class Bulletin:
    """The changes of one group, told at once when they are rare and gathered to one a second when a class arrives."""

    def __init__(self, tell: Change) -> None:
        self._tell = tell
        self._arrived: set[UUID] = set()
        self._gone: set[UUID] = set()
        self._told_at = 0.0
        self._pending: asyncio.Task[None] | None = None

    def arrived(self, user_id: UUID) -> None:
        self._note(user_id, now=self._arrived, opposite=self._gone)

    def gone(self, user_id: UUID) -> None:
        self._note(user_id, now=self._gone, opposite=self._arrived)

    def _note(self, user_id: UUID, *, now: set[UUID], opposite: set[UUID]) -> None:
        if user_id in opposite:
            opposite.discard(user_id)  # came and went, or went and came, within one bulletin: nothing to tell
        else:
            now.add(user_id)
            self._schedule()

    def _schedule(self) -> None:
        if self._pending is None or self._pending.done():
            self._pending = asyncio.ensure_future(self._tell_soon())

    async def _tell_soon(self) -> None:
        while self._arrived or self._gone:  # more may come while these are told
            await asyncio.sleep(max(0.0, self._told_at + 1 - time.monotonic()))
            arrived, gone = self._arrived, self._gone
            self._arrived, self._gone, self._told_at = set(), set(), time.monotonic()
            if not (arrived or gone):
                continue
            try:
                await self._tell(arrived, gone)
            except RedisError as error:  # once it is back, everybody asks who is here
                log.warning("presence_not_told", error=str(error))


_keepers: dict[asyncio.AbstractEventLoop, Keeper] = {}


def keeper() -> Keeper:
    """The keeper of the running loop. A process has one loop; tests have one each."""
    loop = asyncio.get_running_loop()
    if loop not in _keepers:
        for ended in [each for each in _keepers if each.is_closed()]:
            del _keepers[ended]
        _keepers[loop] = Keeper()
    return _keepers[loop]
