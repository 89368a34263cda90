"""One process under the supervisor: how it is started, heard, and ended."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from peerloop.supervisor.console import Console

LEASH = Path(__file__).with_name("leash.py")


@dataclass(frozen=True)
class Program:
    """A command by name. `orphaned` is the signal it gets when the supervisor itself is killed.

    Lines of output that contain `unsaid` are not shown.
    """

    name: str
    command: list[str]
    orphaned: signal.Signals = signal.SIGTERM
    unsaid: str | None = None


@dataclass(frozen=True)
class Service(Program):
    """A program that is to run always. Others wait until it is `ready`, and it outlives them, if that is given."""

    ready: Callable[[], bool] | None = None


@dataclass(frozen=True)
class Job(Program):
    """A program that is to end well once, before what comes after it is started."""

    done: Callable[[], object] = lambda: None


class Child:
    """A started program. Start it in the main thread only: the leash ends with the thread that made it."""

    def __init__(self, program: Program, console: Console) -> None:
        self.program = program
        self.started = time.monotonic()
        self.last_lines: deque[str] = deque(maxlen=12)
        self._console = console
        # Its own session: Ctrl-C in the terminal reaches the supervisor alone, which then ends all in order.
        self._process = subprocess.Popen(  # noqa: S603  (our own commands, no shell)
            [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), str(int(program.orphaned)), *program.command],
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def age(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def running(self) -> bool:
        """Tell whether it runs; when it is first seen not to, whatever it left behind in its session is killed."""
        if self._process.returncode is None and self._process.poll() is not None:
            self._kill_session()
        return self._process.returncode is None

    def how(self) -> str:
        """Say how it ended, for a person."""
        code = self._process.returncode
        if code < 0:
            return f"was killed by {signal.Signals(-code).name}"
        return f"ended with code {code}"

    def succeeded(self) -> bool:
        return self._process.returncode == 0

    def ask_to_end(self) -> None:
        with suppress(ProcessLookupError):
            self._process.terminate()

    def kill(self) -> None:
        self._kill_session()
        self._process.wait()

    def last_words(self) -> str:
        """Return its last lines of output, once they are all read."""
        self._reader.join(timeout=1)
        return "\n".join(self.last_lines)

    def _kill_session(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for raw in output:
                line = raw.decode(errors="replace").rstrip()
                if self.program.unsaid is None or self.program.unsaid not in line:
                    self.last_lines.append(line)
                    self._console.line(self.program.name, line)
