"""Events wait a moment, so that many are written with one statement: counting must not cost what it counts."""

import asyncio
import atexit
import threading
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connection

from peerloop.core.entities.rows import insert

from .models import AnalyticsEvent

log = structlog.get_logger(__name__)


class Gatherer:
    """The events of this process that are not written yet. A process that is killed loses those of one second."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], AnalyticsEvent]] = []
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._thread: threading.Thread | None = None
        atexit.register(self.write)

    def add(self, make: Callable[[], AnalyticsEvent]) -> None:
        """Write the event of `make` within PEERLOOP.TRACKING_SECONDS; at once if they are 0. A normal exit waits.

        On an event loop "at once" is soon after, by the thread that writes.
        """
        with self._lock:
            self._waiting.append(make)
        if settings.PEERLOOP.TRACKING_SECONDS or _on_a_loop():
            self._wake()
        else:
            self.write()

    def write(self) -> None:
        """Write what is waiting. What cannot be written is logged; it takes nothing else with it."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        events = [make() for make in waiting]
        try:
            if events:
                insert(events)
        except Exception:  # one bad row refuses all
            for event in events:
                _save_alone(event)

    def _wake(self) -> None:
        self._news.set()
        with self._lock:
            if self._thread is None or not self._thread.is_alive():  # nobody is left of it in a process that forked
                self._thread = threading.Thread(target=self._write_for_ever, name="analytics", daemon=True)
                self._thread.start()

    def _write_for_ever(self) -> None:
        while self._news.wait():
            time.sleep(settings.PEERLOOP.TRACKING_SECONDS)
            self._news.clear()
            try:
                self.write()
            finally:
                connection.close()


def _on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _save_alone(event: AnalyticsEvent) -> None:
    try:
        event.save(force_insert=True)
    except Exception:
        log.exception("event_not_counted", name=event.name)


gatherer = Gatherer()
