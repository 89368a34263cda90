"""A contestant: how it is prepared, started, spoken to and stopped."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import NamedTuple

from bench.bells import PaidDesk
from bench.dispatch import Desk
from bench.load import Dialect
from bench.plan import FULL

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / "var" / "bench"
ROOMS, SEATS = FULL.idle_rooms, FULL.seats
PAGES = ("course list", "content", "chat")
# A run that is killed takes its servers with it.
_LEASH = (sys.executable, "-I", "-S", str(ROOT / "peerloop" / "supervisor" / "leash.py"))
_START_SECONDS = 30
_STOP_SECONDS = 3


class ServerUnavailable(Exception):
    """This contestant cannot take part; the text says why. The run goes on without it."""


class Page(NamedTuple):
    path: str
    queries: int


class Server(ABC):
    """One contestant; `processes` of it listen on a port each, and the members spread over them."""

    name: str
    database: str | None = None
    processes = 1
    workloads: tuple[str, ...] = ("idle", "course", "sat", "burst", "stall")
    pages: Mapping[str, Page] = MappingProxyType({})
    """What the workload `pages` asks for, signed in by `cookie`."""
    cookie = ""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []
        self.ports: list[int] = []
        # A student who called may not call again soon: none calls twice in a run.
        self.callers = count()

    def prepare(self) -> None:  # noqa: B027  (what keeps nothing needs no preparation)
        """Once per run: tables, rooms and members. Raises ServerUnavailable when something it needs is missing."""

    @property
    @abstractmethod
    def dialect(self) -> Dialect: ...

    @abstractmethod
    def command(self, port: int) -> list[str]: ...

    def desk(self) -> Desk:
        """How it is called for help, with all running that it takes; only of those with the workload `dispatch`."""
        raise NotImplementedError

    def paid_desk(self) -> PaidDesk:
        """The same for help that is paid for; only of those with the workload `bells`."""
        raise NotImplementedError

    def races(self, times: int, seconds: float) -> dict[str, float]:
        """How many races were run, in how many seconds, how many were close and how many went wrong; only of those that
        have the workload `races`."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self._running]

    async def start(self) -> None:
        """Start all processes and return once each accepts connections."""
        self.ports = [_free_port() for _ in range(self.processes)]
        SCRATCH.mkdir(parents=True, exist_ok=True)
        for port in self.ports:
            self._running.append(self.launch(self.command(port)))
        for process, port in zip(self._running, self.ports, strict=True):
            await self._listening(process, port)

    def stop(self) -> None:
        """Ask all processes to end, then make them. Doing it twice is harmless."""
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._running = []

    def launch(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (SCRATCH / f"{self.name}.log").open("ab") as log:
            return subprocess.Popen(
                [*_LEASH, str(os.getpid()), str(int(signal.SIGKILL)), *command],
                cwd=ROOT,
                env=os.environ | self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own group, so that stopping it reaches its children and nobody else.
                start_new_session=True,
            )

    async def _listening(self, process: subprocess.Popen[bytes], port: int) -> None:
        until = monotonic() + _START_SECONDS
        while monotonic() < until and process.poll() is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
                continue
            writer.close()
            return
        raise ServerUnavailable(f"{self.name} did not start: see var/bench/{self.name}.log")


def run_once(command: list[str], environment: dict[str, str], *, name: str, seconds: float = 300) -> str:
    """Run a preparing command to its end and return what it printed; raises ServerUnavailable with its last words."""
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=seconds, check=False
    )
    if done.returncode:
        last_words = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise ServerUnavailable(f"{name}: `{' '.join(command[-3:])}` failed: {' '.join(last_words)}")
    return done.stdout


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def room_name(room: int) -> str:
    return f"r{room}"


def token(room: int, seat: int) -> str:
    return f"r{room}s{seat}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
