"""The terminal: every process' lines in one stream, each behind its process' name."""

import os
import sys
import threading
from typing import TextIO

COLOURS = {"valkey": 31, "web": 32, "worker": 34, "beat": 35, "setup": 36, "peerloop": 1}
WIDTH = max(map(len, COLOURS))


class Console:
    """Writes whole lines, from any thread, never two into each other."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._coloured = self._stream.isatty() and not os.environ.get("NO_COLOR")
        self._lock = threading.Lock()

    def line(self, name: str, text: str) -> None:
        prefix = f"{name:<{WIDTH}} |"
        if self._coloured:
            prefix = f"\033[{COLOURS.get(name, 37)}m{prefix}\033[0m"
        with self._lock:
            try:
                self._stream.write(f"{prefix} {text}\n")
                self._stream.flush()
            except (OSError, ValueError):
                # The terminal is gone. The processes' output must still be read, or they would block on writing it.
                pass

    def say(self, text: str) -> None:
        """Write the supervisor's own words."""
        for line in text.splitlines():
            self.line("peerloop", line)
