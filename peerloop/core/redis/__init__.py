"""Redis as threads ask it, and what all processes remember in it together. What its absence means: ADR 15.

A server that is gone refuses at once, so it is asked again every time. One that is silent is waited for once, and then
by nobody in this process for SECONDS_SILENT.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from django.utils.connection import ConnectionProxy
from redis.backoff import NoBackoff
from redis.exceptions import TimeoutError as Silent
from redis.retry import Retry

if TYPE_CHECKING:
    from .caches import SharedCache

# A busy machine may take a second itself; what is given up then, a job or an event, is lost though Redis is there.
SECONDS_TO_ANSWER = 5.0
SECONDS_SILENT = 1.0

shared: "SharedCache" = ConnectionProxy(caches, "shared")  # type: ignore[assignment]
"""While Redis is away it is empty and takes nothing in."""


class Patience(Retry):
    """How long a client waits. redis-py has every connection and every command pass here."""

    silent_until = 0.0

    def __init__(self) -> None:
        super().__init__(NoBackoff(), 0)

    def call_with_retry(self, do: Callable[[], Any], *given: Any, **named: Any) -> Any:
        if is_silent():
            raise Silent("Redis did not answer a moment ago.")
        try:
            return super().call_with_retry(do, *given, **named)
        except (Silent, TimeoutError):
            Patience.silent_until = time.monotonic() + SECONDS_SILENT
            raise


PATIENCE = {"retry": Patience(), "socket_timeout": SECONDS_TO_ANSWER, "socket_connect_timeout": SECONDS_TO_ANSWER}
"""What every client for threads is made with."""


def is_silent() -> bool:
    """Whether Redis has just been waited for in vain."""
    return time.monotonic() < Patience.silent_until


def forget_silence() -> None:
    """It may be asked again at once."""
    Patience.silent_until = 0.0
