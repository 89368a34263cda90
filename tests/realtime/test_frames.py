"""What is read from the wire without Autobahn, held against frames that the `websockets` library makes."""

import pytest
from hypothesis import given
from hypothesis.strategies import text
from websockets.frames import Frame as Reference
from websockets.frames import Opcode

from peerloop.core.realtime.frames import PING, Frame, is_empty_pong, unmasked, whole_text


def sent(opcode: Opcode, payload: bytes, *, final: bool = True, mask: bool = True) -> bytes:
    return Reference(opcode, payload, fin=final).serialize(mask=mask)


@given(text())
def test_a_whole_text_is_read_as_it_was_written(content):
    assert whole_text(sent(Opcode.TEXT, content.encode())) == content.encode()


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_535])
def test_a_text_of_any_length_up_to_two_bytes_of_it_is_read(length):
    assert whole_text(sent(Opcode.TEXT, b"x" * length)) == b"x" * length


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x81",
        sent(Opcode.TEXT, b"one") + sent(Opcode.TEXT, b"two"),
        sent(Opcode.TEXT, b"cut off")[:-1],
        sent(Opcode.TEXT, b"first part", final=False),
        sent(Opcode.CONT, b"last part"),
        sent(Opcode.TEXT, b"not masked", mask=False),
        sent(Opcode.BINARY, b"bytes"),
        sent(Opcode.CLOSE, b"\x03\xe8"),
        sent(Opcode.PONG, b"with words"),
        sent(Opcode.TEXT, b"\xff is no UTF-8"),
        sent(Opcode.TEXT, b"x" * 65_536),
        b"\x81\xfe\x00\x05\x00\x00\x00\x00short",  # a length that should have been written shorter
        b"\xc1\x83\x00\x00\x00\x00abc",  # compressed
    ],
)
def test_everything_else_is_left_to_autobahn(data):
    assert whole_text(data) is None


def test_only_the_answer_to_our_ping_is_taken_for_it():
    assert sent(Opcode.PING, b"", mask=False) == PING
    assert is_empty_pong(sent(Opcode.PONG, b""))
    assert not is_empty_pong(sent(Opcode.PONG, b"x"))
    assert not is_empty_pong(sent(Opcode.PONG, b"") + sent(Opcode.PONG, b""))


def test_masking_twice_changes_nothing():
    assert unmasked(unmasked(b"seven b", b"mask"), b"mask") == b"seven b"


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_a_frame_of_ours_is_what_the_library_would_send(length):
    assert Frame("x" * length).wire == sent(Opcode.TEXT, b"x" * length, mask=False)
