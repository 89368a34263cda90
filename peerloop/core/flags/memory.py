"""The switches as this process remembers them: nearly all are on for everybody, and every request asks."""

import threading
import time

from django.conf import settings

from .models import Flag


class Memory:
    """Reads every flag at most once in PEERLOOP.FLAG_SECONDS; a change made in this process shows at once."""

    def __init__(self) -> None:
        self._flags: list[Flag] = []
        self._until = 0.0
        self._changes = 0
        self._lock = threading.Lock()

    def flags(self) -> list[Flag]:
        """All flags. One query; none while they are remembered."""
        if time.monotonic() < self._until:
            return self._flags
        changes, read = self._changes, list(Flag.objects.all())
        with self._lock:
            if changes == self._changes:  # what was read during a change may be how it was before
                self._flags, self._until = read, time.monotonic() + settings.PEERLOOP.FLAG_SECONDS
        return read

    def forget(self) -> None:
        with self._lock:
            self._changes += 1
            self._until = 0.0


memory = Memory()
