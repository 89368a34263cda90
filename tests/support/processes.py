"""Real processes under test: start one, read what it says, find everything it started, leave nothing behind."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE

MARK = "PEERLOOP_TEST_RUN"

needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc (Linux) to see processes")


def wait_until(condition: Callable[[], object], seconds: float = PATIENCE, what: object = "") -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"did not happen within {seconds} s {what}"
        time.sleep(0.05)


class Running:
    """A started command. Everything it starts inherits a mark in its environment, by which it is found.

    A variable given as None is absent from its environment.
    """

    def __init__(self, command: list[str], **environment: str | None) -> None:
        self.mark = f"{MARK}={os.getpid()}-{time.monotonic_ns()}"
        name, value = self.mark.split("=")
        self.process = subprocess.Popen(
            command,
            env={key: text for key, text in {**os.environ, name: value, **environment}.items() if text is not None},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # In a session of its own, as in a terminal of its own: a group signal is a Ctrl-C there.
            start_new_session=True,
        )
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def says(self, text: str, times: int = 1, seconds: float = PATIENCE) -> None:
        end = time.monotonic() + seconds
        while self.output.count(text) < times:
            told = f"{text!r} in, with exit code {self.process.poll()}:\n{self.output}"
            assert time.monotonic() < end, f"did not happen within {seconds} s: {told}"
            time.sleep(0.05)

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def exit_code(self, seconds: float = PATIENCE) -> int:
        return self.process.wait(seconds)

    def descendants(self) -> dict[int, str]:
        """Every living process that carries the mark, by id, with its command line; the command itself excluded."""
        found = {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit() or int(folder.name) == self.process.pid:
                continue
            with suppress(OSError):
                if self.mark.encode() in (folder / "environ").read_bytes():
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ").strip()
        return found

    def find(self, words: str) -> int:
        """The id of the one descendant whose command line holds the words; the oldest when it has forked."""
        return min(pid for pid, command in self.descendants().items() if words in command)


@contextmanager
def running(command: list[str], **environment: str | None) -> Iterator[Running]:
    process = Running(command, **environment)
    try:
        yield process
    finally:
        for pid in [*process.descendants(), process.process.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.process.wait()
