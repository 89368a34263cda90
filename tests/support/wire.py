"""A socket to a web process of its own, as a program on another machine opens it."""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from peerloop.core.realtime import tokens
from tests.support.patience import PATIENCE
from tests.support.site import Site


class Wire:
    """One person in a room, or at any other address; `heard` is every frame in the order in which it came."""

    def __init__(self, site: Site, room: Any, user: Any, *, path: str = "") -> None:
        token = tokens.issue(user_id=user.pk, room=getattr(room, "pk", "me"))
        self.address = site.address.replace("http", "ws", 1) + (path or f"/api/chat/connect?room={room.pk}")
        self.address += f"{'&' if '?' in self.address else '?'}token={token}"
        self.heard: list[dict[str, Any]] = []

    def __enter__(self) -> "Wire":
        self._stack = ExitStack()
        self.socket = self._stack.enter_context(
            # All is taken in at once: a full queue would hide from us that the other side has closed.
            connect(self.address, max_size=None, max_queue=None, ping_interval=None)
        )
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def send(self, **frame: Any) -> None:
        self.socket.send(json.dumps(frame))

    def next(self, kind: str, seconds: float = PATIENCE, **fields: Any) -> dict[str, Any]:
        """The next frame of this type with these fields."""
        wanted = {"type": kind, **fields}
        self.until(lambda: bool(self.heard) and wanted.items() <= self.heard[-1].items(), seconds)
        return self.heard[-1]

    def until(self, condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Read frame after frame until the condition holds."""
        end = time.monotonic() + seconds
        while True:
            self.heard.append(json.loads(self.socket.recv(timeout=max(0.0, end - time.monotonic()))))
            if condition():
                return

    def listen(self, seconds: float) -> None:
        """Read whatever comes for a while, or until the other side closes."""
        end = time.monotonic() + seconds
        try:
            while True:
                self.heard.append(json.loads(self.socket.recv(timeout=max(0.0, end - time.monotonic()))))
        except (TimeoutError, ConnectionClosed):
            return

    @property
    def close_code(self) -> int | None:
        """The code with which the other side closed; None while it is open."""
        return self.socket.close_code

    def messages(self) -> list[dict[str, Any]]:
        return [each["data"] for each in self.heard if each["type"] == "message"]
