"""What is asked of a server. Each workload leaves the server and its crowd fit for the next one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import Any

from bench.bells import Bells
from bench.check import Verdict
from bench.dispatch import Dispatch
from bench.load import Crowd, Member, Room
from bench.measure import Usage, queued_bytes
from bench.plan import Plan
from bench.requests import ask_repeatedly
from bench.servers.base import Server

_PATIENCE = 1.5
_SETTLE = 0.5
# Quiet is an application that uses less than this share of a processor; waited for at most so many times _SETTLE.
_QUIET = 0.05
_LONGEST_GREETING = 12
_WARM_ROOMS = 2
_WARM_REQUESTS = 5
_WARM_BELLS = 2


@dataclass(frozen=True)
class Stage:
    """A served contestant with its crowd, and the two gauges: CPU so far, and the application's memory in KiB."""

    plan: Plan
    server: Server
    crowd: Crowd
    usage: Callable[[], Usage]
    memory: Callable[[], float]


@dataclass(frozen=True)
class Outcome:
    """What one workload in one round showed. Figures that a workload does not have are absent from `figures`."""

    figures: dict[str, float]
    verdict: Verdict = field(default_factory=Verdict)


async def idle(stage: Stage) -> Outcome:
    """Members come and say nothing: memory of each, CPU of each connect. Wants a freshly started server."""
    crowd, plan = stage.crowd, stage.plan
    # The first members also pay for imports and pools, which are not theirs.
    await crowd.fill(rooms=_WARM_ROOMS, seats=plan.seats)
    crowd.begin()
    await _pace(crowd, plan.course_rate, 0.5, size=plan.message_size)
    await asyncio.sleep(_SETTLE)
    memory, used = stage.memory(), stage.usage()
    newcomers = await crowd.fill(rooms=plan.idle_rooms, seats=plan.seats)
    await asyncio.sleep(_SETTLE)
    used, memory = stage.usage() - used, stage.memory() - memory
    return Outcome({"KiB per member": memory / newcomers, "CPU ms per connect": used.total / newcomers})


async def course(stage: Stage) -> Outcome:
    """An ordinary rate: so many messages a second, spread over the rooms."""
    crowd, plan = stage.crowd, stage.plan
    await _gather(stage, rooms=plan.rooms, seats=plan.seats)

    async def talk() -> None:
        await _pace(crowd, plan.course_rate, plan.course_seconds, size=plan.message_size)

    return await _measured(stage, talk)


async def sat(stage: Stage) -> Outcome:
    """Saturation: in each room the next message follows as soon as everybody has the last."""
    crowd, plan = stage.crowd, stage.plan
    await _gather(stage, rooms=plan.rooms, seats=plan.seats)

    async def talk() -> None:
        until = perf_counter() + plan.sat_seconds

        def next_one(room: Room) -> None:
            if perf_counter() < until:
                room.send(crowd.run, plan.message_size)

        crowd.begin(when_all_have_it=next_one)
        for room in crowd.rooms:
            room.send(crowd.run, plan.message_size)
        await asyncio.sleep(plan.sat_seconds)

    return await _measured(stage, talk)


async def burst(stage: Stage) -> Outcome:
    """All members of a few rooms press Enter at once, many times: nothing may be lost, doubled or reordered."""
    crowd, plan = stage.crowd, stage.plan
    await _gather(stage, rooms=plan.burst_rooms, seats=plan.seats)

    async def talk() -> None:
        for _ in range(plan.burst_messages):
            for room in crowd.rooms:
                room.send(crowd.run, plan.message_size)

    return await _measured(stage, talk)


async def stall(stage: Stage) -> Outcome:
    """Two members of a room stop reading: what the server then holds for them, and whether the others notice."""
    crowd, plan = stage.crowd, stage.plan
    await _gather(stage, rooms=1, seats=plan.stall_seats)
    room = crowd.rooms[0]

    # The kernel takes 4 MB for a sleeper before the server notices: letters of three bytes get there sooner.
    async def talk(seconds: float) -> None:
        await _pace(crowd, plan.stall_rate, seconds, size=plan.stall_message_size, words="\u8a9e")

    before = await _measured(stage, partial(talk, plan.stall_calm_seconds))
    sleepers = [room.seats.pop(len(room.seats) - 1) for _ in range(2)]
    for sleeper in sleepers:
        sleeper.sleep()
    during = await _measured(stage, partial(talk, plan.stall_seconds))
    held = await _wake(sleepers)
    closed = sum(not sleeper.is_open for sleeper in sleepers)
    for sleeper in sleepers:
        sleeper.leave()
    return Outcome(
        {
            "p95 ms": during.figures["p95 ms"],
            "p95 of the others / before": during.figures["p95 ms"] / before.figures["p95 ms"],
            "KiB held per sleeper": held / 1024 / len(sleepers),
            "sleepers closed": float(closed),
        },
        during.verdict,
    )


async def pages(stage: Stage) -> Outcome:
    """Pages as a signed-in person asks for them, one after the other over a kept connection."""
    server, figures = stage.server, {}
    for name, page in server.pages.items():
        ask = partial(ask_repeatedly, port=server.ports[0], path=page.path, cookie=server.cookie)
        await asyncio.to_thread(ask, times=_WARM_REQUESTS)
        used = stage.usage()
        asked = await asyncio.to_thread(ask, times=stage.plan.page_requests)
        used = stage.usage() - used
        figures[f"{name}: CPU ms"] = used.app / stage.plan.page_requests
        figures[f"{name}: PG CPU ms"] = used.postgres / stage.plan.page_requests
        figures[f"{name}: wall ms"] = asked.median_ms
        figures[f"{name}: bytes"] = float(asked.size)
        figures[f"{name}: SQL"] = float(page.queries)
    return Outcome(figures)


async def dispatch(stage: Stage) -> Outcome:
    """Students call fifty helpers, one call after the other; five helpers at once accept each."""
    await stage.crowd.fill(rooms=0, seats=0)
    helpers = Dispatch(stage.server.desk(), stage.server.callers)
    await helpers.open(stage.plan.dispatch_warm_calls + stage.plan.dispatch_calls)
    await helpers.calls(stage.plan.dispatch_warm_calls)
    used = stage.usage()
    done = await helpers.calls(stage.plan.dispatch_calls)
    used = stage.usage() - used
    helpers.close()
    each = 1 / stage.plan.dispatch_calls
    cpu = {"app": used.app * each, "redis": used.redis * each, "postgres": used.postgres * each}
    return Outcome({**done.figures(), "CPU ms per cycle": used.total * each, **cpu}, done.verdict)


async def bells(stage: Stage) -> Outcome:
    """Customers put money on hold, one after the other; the bells of all available helpers ring."""
    await stage.crowd.fill(rooms=0, seats=0)
    helpers = Bells(stage.server.paid_desk(), stage.server.callers)
    await helpers.open()
    await helpers.requests(_WARM_BELLS)
    rung = await helpers.requests(stage.plan.bells_requests)
    helpers.close()
    return Outcome(rung.figures(), rung.verdict)


async def races(stage: Stage) -> Outcome:
    """Helpers in processes of their own accept at one barrier, again and again; each time one may win."""
    found = await asyncio.to_thread(stage.server.races, stage.plan.races, stage.plan.races_seconds)
    races, met = found["races"], found["met"]
    figures = {"races": races, "races per second": races / found["seconds"], "decided at the row": met}
    return Outcome(figures, Verdict(doubled=int(found["wrong"])))


async def _gather(stage: Stage, *, rooms: int, seats: int) -> None:
    await stage.crowd.fill(rooms=rooms, seats=seats)
    await _quiet(stage)


async def _quiet(stage: Stage) -> None:
    """Farewells of those who left, and greetings of those who came, belong to nobody's figures."""
    for _ in range(_LONGEST_GREETING):
        used = stage.usage()
        await asyncio.sleep(_SETTLE)
        if (stage.usage() - used).app < _QUIET * _SETTLE * 1000:
            return


async def _measured(stage: Stage, talk: Callable[[], Awaitable[None]]) -> Outcome:
    crowd = stage.crowd
    crowd.begin()
    used, began = stage.usage(), perf_counter()
    await talk()
    await crowd.drain(patience=_PATIENCE)
    arrived = len(crowd.latencies)
    seconds, used = perf_counter() - began, stage.usage() - used
    return Outcome(_figures(crowd, used, seconds, arrived), crowd.verdict())


def _figures(crowd: Crowd, used: Usage, seconds: float, arrived: int) -> dict[str, float]:
    times = sorted(crowd.latencies) or [float("inf")]
    per_thousand = 1000 / max(arrived, 1)
    return {
        "CPU ms per 1000": used.total * per_thousand,
        "app": used.app * per_thousand,
        "redis": used.redis * per_thousand,
        "postgres": used.postgres * per_thousand,
        "deliveries per second": arrived / seconds,
        "p50 ms": times[len(times) // 2] * 1000,
        "p95 ms": times[len(times) * 95 // 100] * 1000,
        "expected": float(crowd.expected),
    }


async def _pace(crowd: Crowd, rate: int, seconds: float, **text: Any) -> None:
    began = perf_counter()
    for count in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + count / rate - perf_counter()))
        crowd.rooms[count % len(crowd.rooms)].send(crowd.run, **text)


async def _wake(sleepers: list[Member]) -> int:
    """Bytes the server itself still held: what comes after waking beyond what the kernel had already taken."""
    queued = sum(queued_bytes(server_port=port, client_port=own) for port, own in (each.ports for each in sleepers))
    before = _received(sleepers)
    for sleeper in sleepers:
        sleeper.wake()
    last = -1
    while _received(sleepers) != last:
        last = _received(sleepers)
        await asyncio.sleep(_SETTLE)
    return last - before - queued


def _received(members: list[Member]) -> int:
    return sum(member.bytes_received for member in members)


WORKLOADS: dict[str, Callable[[Stage], Awaitable[Outcome]]] = {
    "idle": idle,
    "course": course,
    "sat": sat,
    "burst": burst,
    "stall": stall,
    "pages": pages,
    "dispatch": dispatch,
    "bells": bells,
    "races": races,
}
