"""`python -m bench [--quick]`: all contestants in turn, round by round; prints ratios with their spread."""

import argparse
import asyncio
import os
import platform
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import report
from bench.load import Crowd
from bench.measure import memory_kib
from bench.plan import FULL, QUICK, RACES_SECONDS, Plan
from bench.servers import CONTESTANTS
from bench.servers.base import Server, ServerUnavailable
from bench.stores import Stores, StoreUnavailable
from bench.workloads import WORKLOADS, Outcome, Stage


def main() -> int:
    options = _options()
    plan = QUICK if options.quick else FULL
    if options.rounds:
        plan = replace(plan, rounds=options.rounds)
    if options.races:
        plan = replace(plan, races=options.races, races_seconds=RACES_SECONDS)
    # So that an ended run still stops its server and gives its databases back.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = [contestant() for contestant in CONTESTANTS if not options.server or contestant.name in options.server]
    workloads = options.workload or list(WORKLOADS)
    chosen = [server for server in chosen if set(server.workloads) & set(workloads)]
    try:
        with Stores(sorted({server.database for server in chosen if server.database})) as stores:
            run = Run(plan, stores, _prepared(chosen), workloads)
            return run.whole()
    except StoreUnavailable as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


class Run:
    def __init__(self, plan: Plan, stores: Stores, servers: Sequence[Server], workloads: Sequence[str]) -> None:
        self._plan, self._stores, self._servers, self._workloads = plan, stores, servers, workloads
        self._results: dict[str, report.Rounds] = {name: {} for name in WORKLOADS}

    def whole(self) -> int:
        """Measure until done or until the time is up, then report what there is; returns the exit code."""
        print(f"{_machine()}; {self._stores.describe()}; {self._plan.rounds} rounds\n", flush=True)
        foreign = self._stores.foreign_commits()
        complete = _runner()(self._measure())
        foreign = self._stores.foreign_commits() - foreign
        if foreign > 100:
            print(f"Beware: others committed {foreign} transactions on this PostgreSQL meanwhile.\n")
        if not complete:
            print(f"Stopped after {self._plan.minutes} minutes: what follows is incomplete.\n")
        self._print()
        return 0 if complete else 1

    async def _measure(self) -> bool:
        try:
            async with asyncio.timeout(self._plan.minutes * 60):
                for number in range(self._plan.rounds):
                    for server in _rotated(self._servers, number):
                        await self._stint(server, number)
        except TimeoutError:
            return False
        return True

    async def _stint(self, server: Server, number: int) -> None:
        """One fresh start of one server, and all its workloads on it."""
        try:
            await server.start()
            stage = Stage(
                plan=self._plan,
                server=server,
                crowd=Crowd(server.dialect, server.ports),
                usage=lambda: self._stores.usage(server.pids, stored=bool(server.database)),
                memory=lambda: memory_kib(server.pids),
            )
            for workload in server.workloads:
                if workload in self._workloads:
                    print(f"round {number + 1}: {server.name} {workload}", file=sys.stderr, flush=True)
                    self._note(workload, server, number, await WORKLOADS[workload](stage))
        except (ServerUnavailable, ConnectionError) as error:
            print(f"round {number + 1}: {server.name} failed: {error}", file=sys.stderr, flush=True)
        finally:
            server.stop()

    def _note(self, workload: str, server: Server, number: int, outcome: Outcome) -> None:
        rounds: list[Outcome | None] = [None] * self._plan.rounds
        self._results[workload].setdefault(server.name, rounds)[number] = outcome

    def _print(self) -> None:
        for workload, rounds in self._results.items():
            if rounds:
                print(report.table(workload, rounds))
        ours = [server.name for server in self._servers if server.name.startswith("peerloop")]
        if ours:
            print(report.goals(self._results, ours))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, two minutes at most")
    parser.add_argument("--rounds", type=int, help="how many rounds instead of the plan's")
    parser.add_argument("--races", type=int, help="how many races instead of the plan's, in ten minutes at most")
    parser.add_argument("--server", action="append", choices=[contestant.name for contestant in CONTESTANTS])
    parser.add_argument("--workload", action="append", choices=list(WORKLOADS))
    return parser.parse_args()


def _prepared(servers: Sequence[Server]) -> list[Server]:
    ready = []
    for server in servers:
        try:
            server.prepare()
        except ServerUnavailable as reason:
            print(reason, file=sys.stderr, flush=True)
        else:
            ready.append(server)
    return ready


def _rotated(servers: Sequence[Server], number: int) -> list[Server]:
    """Another one begins in each round, so that nobody always runs after the same neighbour."""
    first = number % len(servers) if servers else 0
    return [*servers[first:], *servers[:first]]


def _runner() -> Callable[[Coroutine[Any, Any, bool]], bool]:
    # The load client should be the cheapest process of all.
    try:
        import uvloop
    except ImportError:
        return asyncio.run
    return uvloop.run


def _machine() -> str:
    cpu = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    system = f"Linux {platform.release()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} x {cpu.partition(':')[2].strip()}, {system}"


if __name__ == "__main__":
    sys.exit(main())
