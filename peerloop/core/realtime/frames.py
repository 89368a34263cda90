"""Frames on the wire (RFC 6455, section 5.2): ours made once for many members, and those of clients that came whole."""

import struct
from functools import cached_property

FINAL_TEXT, PING = 0x81, b"\x89\x00"
EMPTY_PONG = b"\x8a\x80"  # what answers it, before its mask
MASKED = 0x80
MASK_BYTES = 4


class Frame:
    """One text for many members, framed once: final, not masked."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def wire(self) -> bytes:
        payload = self.text.encode()
        if len(payload) < 126:
            return struct.pack("!BB", FINAL_TEXT, len(payload)) + payload
        if len(payload) < 2**16:
            return struct.pack("!BBH", FINAL_TEXT, 126, len(payload)) + payload
        return struct.pack("!BBQ", FINAL_TEXT, 127, len(payload)) + payload


def is_empty_pong(data: bytes) -> bool:
    return len(data) == 2 + MASK_BYTES and data.startswith(EMPTY_PONG)


def whole_text(data: bytes) -> bytes | None:
    """The payload if `data` is exactly one short masked text frame in valid UTF-8, as nearly all are; else None."""
    if len(data) < 2 + MASK_BYTES or data[0] != FINAL_TEXT or not data[1] & MASKED:
        return None
    length, start = data[1] & 0x7F, 2
    if length == 126:
        length, start = int.from_bytes(data[2:4], "big"), 4
    # A length is written as short as it can be; 127 says that eight bytes of it follow.
    if (start == 2) != (length < 126) or len(data) != start + MASK_BYTES + length:
        return None
    payload = unmasked(data[start + MASK_BYTES :], data[start : start + MASK_BYTES])
    return payload if is_utf8(payload) else None


def unmasked(payload: bytes, mask: bytes) -> bytes:
    """Every byte with its byte of the mask, all in one operation."""
    length = len(payload)
    key = (mask * (length // MASK_BYTES + 1))[:length]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(length, "big")


def is_utf8(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True
