"""Daphne with one thing added: the scope of a socket holds a writer that takes prebuilt frames.

Without it every delivered frame is framed again and waits in Twisted's buffer for the next turn of the loop; with it
the bytes go to the operating system at once and the buffer is used only when the peer does not read. The same writer
tells how much is waiting, so that a sleeping tab can be closed. Under another server the scope lacks it and the hub
uses the ordinary `send`.
"""

import asyncio
from typing import Any

from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from twisted.internet import reactor

# A client that sends more than this in one message is closed; up to it, it is told in words what is wrong.
LARGEST_MESSAGE = 2 * 1024 * 1024
RESTARTING = 1012
# A closed laptop says nothing: who leaves a ping unanswered is closed within the grace, and so not present any more.
# Twice the same number: a ping that follows sooner makes Autobahn miss the answer to the one before.
SECONDS_BETWEEN_PINGS = SECONDS_TO_ANSWER = settings.PEERLOOP.PRESENCE_GRACE_SECONDS / 2


class DirectSocket:
    """Writes finished frames to one connection."""

    def __init__(self, protocol: WebSocketProtocol) -> None:
        self._protocol = protocol

    @property
    def backlog(self) -> int:
        """Bytes that were handed over and not yet taken by the operating system."""
        transport = self._protocol.transport
        # Twisted tells what waits nowhere else.
        return len(transport.dataBuffer) - transport.offset + transport._tempDataLen  # noqa: SLF001

    def write(self, wire: bytes, *, limit: int) -> bool:
        """Send a frame at once, or behind what waits; False, without sending, if more than `limit` bytes wait."""
        protocol = self._protocol
        if protocol.state != WebSocketProtocol.STATE_OPEN:
            return True
        backlog = self.backlog
        if backlog > limit:
            return False
        sent = 0 if backlog else self._send(wire)
        if sent < len(wire):
            protocol.transport.write(wire[sent:])
        return True

    def _send(self, wire: bytes) -> int:
        """How much of it the operating system took at once."""
        try:
            return int(self._protocol.transport.socket.send(wire))
        except OSError:  # full or gone: Twisted finds out which
            return 0


class DirectServer(Server):
    def create_application(self, protocol: Any, scope: dict[str, Any]) -> asyncio.Queue[Any] | None:
        if isinstance(protocol, WebSocketProtocol):
            scope["peerloop.socket"] = DirectSocket(protocol)
        return super().create_application(protocol, scope)

    def close_sockets(self) -> None:
        """Before the shutdown: tell every client that this is a restart, so that it comes back."""
        for protocol in list(self.connections):
            if isinstance(protocol, WebSocketProtocol) and protocol.state == WebSocketProtocol.STATE_OPEN:
                protocol.sendClose(code=RESTARTING)


def serve(application: Any, *, host: str, port: int) -> None:
    """Serve `application` until SIGTERM or SIGINT."""
    server = DirectServer(
        application,
        endpoints=build_endpoint_description_strings(host=host, port=port),
        websocket_max_message_size=LARGEST_MESSAGE,
        websocket_max_frame_size=LARGEST_MESSAGE,
        ping_interval=SECONDS_BETWEEN_PINGS,
        ping_timeout=SECONDS_TO_ANSWER,
        application_close_timeout=5,
        server_name="PeerLoop",
    )
    running: Any = reactor  # Twisted's stub asks for another order of the arguments than Twisted does
    running.addSystemEventTrigger("before", "shutdown", server.close_sockets)
    server.run()
