"""What the shared cache remembers so that the database is asked less. While it is away nothing is remembered."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError


def recall(*keys: str) -> dict[str, Any]:
    """What is remembered under these keys; nothing while the cache is away."""
    try:
        return cache.get_many(keys)
    except RedisError:
        return {}


def remember(key: str, value: object, *, seconds: float) -> None:
    with suppress(RedisError):
        cache.set(key, value, seconds)


def forget(keys: Iterable[str]) -> None:
    """Again changes nothing. What could not be forgotten goes with its seconds."""
    with suppress(RedisError):
        cache.delete_many(list(keys))
