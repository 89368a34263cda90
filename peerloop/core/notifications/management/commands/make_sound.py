import math
from array import array
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

FILE = Path(settings.BASE_DIR) / "static" / "ui" / "notification.mp3"
RATE = 44_100
# Two soft notes, a fourth apart: the hertz of each, and after how many seconds it begins.
NOTES = ((659.26, 0.0), (880.0, 0.13))
SECONDS, LOUDNESS, FADE = 0.75, 0.28, 7.0
# A note swells for so long, or it would click.
ATTACK = 0.008


class Command(BaseCommand):
    help = "Writes static/ui/notification.mp3, the sound of the bell. Needs an encoder: pip install lameenc."

    def handle(self, **options: Any) -> None:
        encoder = import_module("lameenc").Encoder()
        encoder.set_in_sample_rate(RATE)
        encoder.set_channels(1)
        encoder.set_bit_rate(48)
        encoder.set_quality(2)
        FILE.write_bytes(encoder.encode(chime().tobytes()) + encoder.flush())
        self.stdout.write(f"Written: {FILE.relative_to(settings.BASE_DIR)}, {FILE.stat().st_size} bytes.")


def chime() -> "array[int]":
    moments = (sample / RATE for sample in range(int(RATE * SECONDS)))
    return array("h", (round(32_767 * LOUDNESS * sum(tone(moment) for tone in TONES)) for moment in moments))


def note(hertz: float, start: float) -> Any:
    """How far the air is moved at a moment: the note, and a little of its octave."""

    def moved(moment: float) -> float:
        since = moment - start
        if since < 0:
            return 0.0
        swell = min(since / ATTACK, 1.0) * math.exp(-FADE * since)
        turn = 2 * math.pi * hertz * since
        return swell * (math.sin(turn) + 0.2 * math.sin(2 * turn))

    return moved


TONES = [note(*each) for each in NOTES]
