"""Where and how this copy of PeerLoop runs, read once from the environment."""

import fcntl
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from peerloop.supervisor.embedded import socket_path
from peerloop.supervisor.problems import Problem

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Checkout:
    """One copy: its folders, its port, and whether its Redis is embedded (no REDIS_URL given)."""

    var: Path
    port: int
    database_url: str
    redis_url: str
    embedded: bool
    development: bool

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Checkout":
        """Raise `Problem` when PORT is no port. Makes the folder that PEERLOOP_VAR names."""
        var = (ROOT / environment.get("PEERLOOP_VAR", "var")).resolve()
        var.mkdir(parents=True, exist_ok=True)
        given = environment.get("REDIS_URL", "")
        return cls(
            var=var,
            port=_port(environment.get("PORT") or "8000"),
            database_url=environment.get("DATABASE_URL", ""),
            redis_url=given or f"unix://{socket_path(var)}",
            embedded=not given,
            development=environment.get("PEERLOOP_MODE", "development") == "development",
        )

    @property
    def address(self) -> str:
        # Not 127.0.0.1: browsers allow passkeys on the name only.
        return f"http://localhost:{self.port}"


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise Problem(f"PORT must be a number from 1 to 65535, not {text!r}. For example: make run PORT=8001")
    return int(text)


@contextmanager
def only_one(checkout: Checkout) -> Iterator[None]:
    """Hold the checkout's lock; raise `Problem` with the holder's process id when another supervisor has it."""
    with (checkout.var / "supervisor.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Problem(
                f"PeerLoop already runs from this folder ({lock.read().strip()}). "
                "Stop that one first, with Ctrl-C in its terminal."
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {checkout.address}")
        lock.flush()
        yield


def check_port(port: int, *, patience: float = 1.5) -> None:
    """Raise `Problem` when the port cannot be had within `patience` seconds: a killed predecessor may be leaving it."""
    deadline = time.monotonic() + patience
    while not _free(port):
        if time.monotonic() > deadline:
            raise Problem(
                f"Port {port} is taken by another program. "
                f"Stop that one, or choose another port: make run PORT={port + 1}"
            )
        time.sleep(0.1)


def _free(port: int) -> bool:
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except PermissionError:
        raise Problem(f"Port {port} needs administrator rights. Choose one above 1023: make run PORT=8000") from None
    except OSError:
        return False
    return not _answers("::1", port)


def _answers(host: str, port: int) -> bool:
    """Tell whether somebody listens: on ::1 they would get the browser's `localhost` before we do."""
    try:
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except OSError:
        return False
