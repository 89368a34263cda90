"""Is what the site stands on there: the database, Redis, a worker."""

import time

import redis
import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from peerloop.core.redis import shared

HEARTBEAT_KEY = "operations:heartbeat"
# Beat sends one every 15 seconds: three may be lost before the worker counts as gone.
HEARTBEAT_SECONDS = 60
# A probe must be answered before its caller gives up, also when Redis accepts connections and then says nothing.
REDIS_SECONDS = 2

log = structlog.get_logger(__name__)


def reasons() -> dict[str, str | None]:
    """Return for `database`, `redis` and `worker` what is wrong with it, in a sentence without secrets, or None."""
    redis_reason = _redis()
    return {
        "database": _database(),
        "redis": redis_reason,
        "worker": "Cannot be known without Redis." if redis_reason else _worker(),
    }


def beat_heart() -> None:
    """Note that a worker works. Doing it twice only moves the time forward."""
    shared.set(HEARTBEAT_KEY, time.time(), timeout=HEARTBEAT_SECONDS)


def _database() -> str | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.warning("database_unavailable", error=str(error))
        return f"The database does not answer ({type(error).__name__})."
    return None


def _redis() -> str | None:
    limits = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **limits) as client:
            client.ping()
    except redis.RedisError as error:
        log.warning("redis_unavailable", error=str(error))
        return f"Redis does not answer ({type(error).__name__})."
    return None


def _worker() -> str | None:
    if shared.get(HEARTBEAT_KEY) is None:
        return f"No worker has been seen in the last {HEARTBEAT_SECONDS} seconds."
    return None
