"""Sockets as programs open them, on a real bus. Each test runs its coroutines in its own thread and loop."""

import functools
import json
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.testing import WebsocketCommunicator

from peerloop.asgi import application
from peerloop.core.entities import line as postgres
from peerloop.core.realtime import tokens
from peerloop.core.redis import line as redis
from tests.support.patience import PATIENCE


def on_a_loop(test: Callable[..., Any]) -> Any:
    """Run an `async def` test with real transactions, so that what it tells after commit is told."""

    async def play(*args: Any, **kwargs: Any) -> None:
        try:
            await test(*args, **kwargs)
        finally:
            postgres.line().close()
            await redis.line().close()

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        async_to_sync(play)(*args, **kwargs)

    return pytest.mark.django_db(transaction=True)(run)


class Socket:
    """One open connection that reads frames by their type."""

    def __init__(self, path: str) -> None:
        self.wire = WebsocketCommunicator(application, path)
        self.heard: list[dict[str, Any]] = []

    async def __aenter__(self) -> "Socket":
        await self.wire.connect(timeout=PATIENCE)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.wire.disconnect()

    async def send(self, **frame: Any) -> None:
        await self.wire.send_to(text_data=json.dumps(frame))

    async def next(self, kind: str) -> dict[str, Any]:
        """The next frame of this type; what came before it is in `heard`."""
        return await self.next_of(kind)

    async def next_of(self, *kinds: str) -> dict[str, Any]:
        """The next frame of one of these types."""
        while True:
            frame = json.loads(await self.wire.receive_from(timeout=PATIENCE))
            self.heard.append(frame)
            if frame["type"] in kinds:
                return frame

    async def closed(self) -> int:
        """The code with which the server closes; what came before it is in `heard`."""
        while True:
            output = await self.wire.receive_output(timeout=PATIENCE)
            if output["type"] == "websocket.close":
                return output["code"]
            self.heard.append(json.loads(output["text"]))

    async def silent(self, seconds: float = 0.3) -> bool:
        return await self.wire.receive_nothing(timeout=seconds)


def room_socket(room: Any, user: Any, **query: str) -> Socket:
    token = tokens.issue(user_id=user.pk, room=room.pk)
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return Socket(f"/api/chat/connect?room={room.pk}&token={token}{more}")
