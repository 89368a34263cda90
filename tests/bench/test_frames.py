"""The load client's frames, beside an implementation that is not ours."""

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from bench.frames import PING, TEXT, FrameReader, client_frame

SIZES = [0, 125, 126, 65535, 65536]


def served(opcode: Opcode, payload: bytes) -> bytes:
    return Frame(opcode, payload).serialize(mask=False)


@pytest.mark.parametrize("size", SIZES)
def test_a_server_reads_what_the_client_wrote(size):
    reader = StreamReader()
    reader.feed_data(client_frame(TEXT, b"x" * size))
    parsing = Frame.parse(reader.read_exact, mask=True)
    with pytest.raises(StopIteration) as parsed:
        next(parsing)
    assert (parsed.value.value.opcode, parsed.value.value.data) == (Opcode.TEXT, b"x" * size)


@pytest.mark.parametrize("size", SIZES)
def test_the_client_reads_what_a_server_wrote(size):
    assert FrameReader().feed(served(Opcode.TEXT, b"x" * size)) == [(TEXT, b"x" * size)]


def test_frames_cut_anywhere_are_put_together_again():
    stream = served(Opcode.TEXT, b"one") + served(Opcode.PING, b"") + served(Opcode.TEXT, b"y" * 300)
    reader = FrameReader()
    frames = [frame for at in range(len(stream)) for frame in reader.feed(stream[at : at + 1])]
    assert frames == [(TEXT, b"one"), (PING, b""), (TEXT, b"y" * 300)]


def test_frames_that_arrive_together_are_told_apart():
    assert FrameReader().feed(served(Opcode.TEXT, b"a") + served(Opcode.TEXT, b"b")) == [(TEXT, b"a"), (TEXT, b"b")]
