"""The least of RFC 6455 a load client needs: its CPU is taken from the server it measures, so it does little."""

import base64
import os

CONTINUATION, TEXT, CLOSE, PING, PONG = 0, 1, 8, 9, 10


def client_frame(opcode: int, payload: bytes) -> bytes:
    """One unfragmented frame from a client, masked as the protocol demands."""
    size = len(payload)
    head = bytes([0x80 | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65536:
        head += b"\xfe" + size.to_bytes(2)
    else:
        head += b"\xff" + size.to_bytes(8)
    mask = os.urandom(4)
    pad = (mask * (size // 4 + 1))[:size]
    return head + mask + (int.from_bytes(payload) ^ int.from_bytes(pad)).to_bytes(size)


def upgrade_request(*, path: str, port: int, cookie: str = "") -> bytes:
    """The opening handshake; without compression, which no server of the comparison then has to pay for."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Origin: http://127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
    ]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class FrameReader:
    """Cuts a server's byte stream into (opcode, payload) pairs and keeps what is not yet whole."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        if self._rest:
            data = self._rest + data
        frames = []
        start = 0
        while (span := _payload_span(data, start)) is not None:
            first, end = span
            frames.append((data[start] & 15, data[first:end]))
            start = end
        self._rest = data[start:]
        return frames


def _payload_span(data: bytes, start: int) -> tuple[int, int] | None:
    """Where the payload of the frame at `start` begins and ends, or None while it is not all there."""
    size = len(data)
    if size - start < 2:
        return None
    first, length = start + 2, data[start + 1] & 127
    if length > 125:
        width = 2 if length == 126 else 8
        if size < first + width:
            return None
        length = int.from_bytes(data[first : first + width])
        first += width
    end = first + length
    return (first, end) if end <= size else None
