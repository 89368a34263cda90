"""Starts programs in order, keeps them running, and ends them in the opposite order."""

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType, TracebackType

from peerloop.supervisor.children import Child, Job, Program, Service
from peerloop.supervisor.console import Console
from peerloop.supervisor.problems import Problem

TICK = 0.1


@dataclass(frozen=True)
class Patience:
    """How long things may take, in seconds, and how often they may fail."""

    to_get_ready: float = 20
    to_end: float = 8
    first_pause: float = 1
    longest_pause: float = 15
    quick: float = 10
    quick_crashes: int = 5


class Stop(Exception):
    """Somebody asked for the end: Ctrl-C, TERM, or a closed terminal."""


class Supervisor:
    """Use as `with Supervisor(console) as supervisor:`; leaving the block ends every program it started."""

    def __init__(self, console: Console, patience: Patience | None = None) -> None:
        self._console = console
        self._patience = patience or Patience()
        self._children: list[Child] = []
        self._crashes: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self._requests = 0

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_everything()

    def start(self, programs: Sequence[Program]) -> None:
        """Start each in turn: a job must end well first, a service with `ready` must be ready first.

        Raises `Problem` when one does not, `Stop` when asked to stop meanwhile.
        """
        for program in programs:
            if isinstance(program, Job):
                self._run(program)
            elif isinstance(program, Service):
                self._keep(program)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Keep everything running until the condition holds. Raises like `start`."""
        while not condition():
            self._tick()

    def _run(self, job: Job) -> None:
        child = Child(job, self._console)
        try:
            self.wait_for(lambda: not child.running())
        except BaseException:
            child.kill()
            raise
        if not child.succeeded():
            raise Problem(f"{_words(job)} {child.how()}; its reason stands above.")
        job.done()

    def _keep(self, service: Service) -> None:
        self._children.append(Child(service, self._console))
        deadline = time.monotonic() + self._patience.to_get_ready
        while service.ready and not service.ready():
            if time.monotonic() > deadline:
                raise Problem(f"{service.name} did not get ready within {self._patience.to_get_ready:g} seconds.")
            self._tick()

    def _tick(self) -> None:
        if self._requests:
            raise Stop
        for place, child in enumerate(self._children):
            if not child.running():
                self._children[place] = self._revive(child)
        time.sleep(TICK)

    def _revive(self, child: Child) -> Child:
        """Start a crashed service again once its pause is over; raise `Problem` when it crashed too often, too soon."""
        name = child.program.name
        if name not in self._due:
            self._due[name] = time.monotonic() + self._pause_after(child)
        if time.monotonic() < self._due[name]:
            return child
        del self._due[name]
        return Child(child.program, self._console)

    def _pause_after(self, child: Child) -> float:
        name, patience = child.program.name, self._patience
        quick = child.age < patience.quick
        crashes = self._crashes[name] = self._crashes.get(name, 0) + 1 if quick else 1
        if crashes >= patience.quick_crashes:
            raise Problem(
                f"{name} {child.how()}, {crashes} times in a row soon after its start. "
                f"Its last words:\n{child.last_words()}"
            )
        pause = min(patience.first_pause * (1 << (crashes - 1)), patience.longest_pause)
        self._console.say(f"{name} {child.how()}. Starting it again in {pause:g} s.")
        return pause

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._requests += 1

    def _end_everything(self) -> None:
        """In the opposite order; what others stand on (it has `ready`) only after those are gone."""
        running = [child for child in reversed(self._children) if child.running()]
        for base in (False, True):
            self._end([child for child in running if bool(getattr(child.program, "ready", None)) is base])
        self._children.clear()

    def _end(self, children: list[Child]) -> None:
        for child in children:
            child.ask_to_end()
        deadline = time.monotonic() + self._patience.to_end
        # A second Ctrl-C means: now.
        while time.monotonic() < deadline and self._requests < 2 and any(child.running() for child in children):
            time.sleep(TICK)
        for child in children:
            if child.running():
                self._console.say(f"{child.program.name} did not end when asked to, and is killed.")
                child.kill()


def _words(job: Job) -> str:
    return " ".join(part.rsplit("/", 1)[-1] for part in job.command)
