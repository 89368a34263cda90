"""Daphne with what it lacks for many sockets: frames that are written and read as they are, and cheap pings.

Without it every delivered frame is framed again and waits in Twisted's buffer for the next turn of the loop; with it
the bytes go to the operating system at once and the buffer is used only when the peer does not read. The scope of a
socket holds its protocol as "peerloop.socket"; under another server the scope lacks it and the hub uses the ordinary
`send`. What comes in as one whole frame, as nearly everything does, is read here; the rest is Autobahn's.
"""

import asyncio
from collections import deque
from math import inf
from time import monotonic
from typing import Any

from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings
from twisted.internet import reactor
from typing_extensions import override

from .frames import PING, is_empty_pong, whole_text

# A client that sends more than this in one message is closed; up to it, it is told in words what is wrong.
LARGEST_MESSAGE = 2 * 1024 * 1024
RESTARTING = 1012
# A closed laptop says nothing: who says nothing from one ping to the next is dropped within the grace, and so is not
# present any more.
SECONDS_BETWEEN_PINGS = settings.PEERLOOP.PRESENCE_GRACE_SECONDS / 2
SECONDS_BETWEEN_BEATS = 0.5
running: Any = reactor  # Twisted's stub knows less of it than Twisted


class DirectProtocol(WebSocketProtocol):
    """One connection: takes finished frames, and tells how much the peer has not taken yet."""

    heard = True  # since the last ping

    @override
    def onOpen(self) -> None:
        super().onOpen()
        self.server.pulse.attend(self)

    @override
    def dataReceived(self, data: bytes) -> None:
        self.heard = True
        if not (self._between_frames() and self._take_whole(data)):
            super().dataReceived(data)

    def _between_frames(self) -> bool:
        is_open = self.state == WebSocketProtocol.STATE_OPEN
        return is_open and not (self.data or self.current_frame or self.inside_message)

    def _take_whole(self, data: bytes) -> bool:
        if is_empty_pong(data):
            return True
        payload = whole_text(data)
        if payload is None:
            return False
        self.onMessage(payload, isBinary=False)
        return True

    @property
    def backlog(self) -> int:
        """Bytes that were handed over and not yet taken by the operating system."""
        transport = self.transport
        # Twisted tells what waits nowhere else.
        return len(transport.dataBuffer) - transport.offset + transport._tempDataLen  # noqa: SLF001

    def write_frame(self, wire: bytes, *, limit: int) -> bool:
        """Send a frame at once, or behind what waits; False, without sending, if more than `limit` bytes wait."""
        if self.state != WebSocketProtocol.STATE_OPEN:
            return True
        backlog = self.backlog
        if backlog > limit:
            return False
        sent = 0 if backlog else self._send_now(wire)
        if sent < len(wire):
            self.transport.write(wire[sent:])
        return True

    def _send_now(self, wire: bytes) -> int:
        """How much of it the operating system took at once."""
        try:
            return int(self.transport.socket.send(wire))
        except OSError:  # full or gone: Twisted finds out which
            return 0


class Pulse:
    """Pings every connection, and drops those from which nothing came since the ping before."""

    def __init__(self) -> None:
        self._due: deque[tuple[float, DirectProtocol]] = deque()  # all wait equally long, so the first is due first

    def attend(self, protocol: DirectProtocol) -> None:
        self._due.append((monotonic() + SECONDS_BETWEEN_PINGS, protocol))

    def beat(self) -> None:
        now = monotonic()
        while self._due and self._due[0][0] <= now:
            protocol = self._due.popleft()[1]
            if protocol.state == WebSocketProtocol.STATE_OPEN:
                self._ask(protocol)
        running.callLater(SECONDS_BETWEEN_BEATS, self.beat)

    def _ask(self, protocol: DirectProtocol) -> None:
        if not protocol.heard:
            protocol.onAutoPingTimeout()
            return
        protocol.heard = False
        protocol.write_frame(PING, limit=settings.PEERLOOP.BACKLOG_BYTES)
        self.attend(protocol)


class DirectServer(Server):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        # Daphne's own pings cost as much as sending a message, and their answers more than reading one.
        super().__init__(*arguments, ping_interval=inf, **options)
        self.pulse = Pulse()

    def run(self) -> None:
        WebSocketFactory.protocol = DirectProtocol
        running.callLater(SECONDS_BETWEEN_BEATS, self.pulse.beat)
        super().run()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> asyncio.Queue[Any] | None:
        if isinstance(protocol, DirectProtocol):
            scope["peerloop.socket"] = protocol
        return super().create_application(protocol, scope)

    def close_sockets(self) -> None:
        """Before the shutdown: tell every client that this is a restart, so that it comes back."""
        for protocol in list(self.connections):
            if isinstance(protocol, DirectProtocol) and protocol.state == WebSocketProtocol.STATE_OPEN:
                protocol.sendClose(code=RESTARTING)


def serve(application: Any, *, host: str, port: int) -> None:
    """Serve `application` until SIGTERM or SIGINT."""
    server = DirectServer(
        application,
        endpoints=build_endpoint_description_strings(host=host, port=port),
        websocket_max_message_size=LARGEST_MESSAGE,
        websocket_max_frame_size=LARGEST_MESSAGE,
        application_close_timeout=5,
        server_name="PeerLoop",
    )
    running.addSystemEventTrigger("before", "shutdown", server.close_sockets)
    server.run()
