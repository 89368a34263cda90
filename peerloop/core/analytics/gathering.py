"""Events wait a moment, so that many are written with one statement: counting must not cost what it counts."""

import threading
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

    def add(self, make: Callable[[], AnalyticsEvent]) -> None:
        """Write the event of `make` within PEERLOOP.TRACKING_SECONDS; at once if they are 0. A normal exit waits."""
        with self._lock:
            self._waiting.append(make)
            is_first = len(self._waiting) == 1
        if not settings.PEERLOOP.TRACKING_SECONDS:
            self.write()
        elif is_first:
            threading.Timer(settings.PEERLOOP.TRACKING_SECONDS, self._write_in_thread).start()

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

    def _write_in_thread(self) -> None:
        try:
            self.write()
        finally:
            connection.close()


def _save_alone(event: AnalyticsEvent) -> None:
    try:
        event.save(force_insert=True)
    except Exception:
        log.exception("event_not_counted", name=event.name)


gatherer = Gatherer()
