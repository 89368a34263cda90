"""The caches of the settings: each is in Redis, or something else while Redis is away. None of them raises then."""

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from . import PATIENCE

SECONDS_OF_A_SESSION = 60
MOST_COUNTED = 10_000


class Nothing(DummyCache):
    """Empty, and takes nothing in."""

    def add(self, *given: Any, **named: Any) -> bool:
        return False


def _or_instead(name: str) -> Any:
    """The method of a cache in Redis; while Redis is away, that of what takes its place."""

    def ask(self: "SharedCache", *given: Any, **named: Any) -> Any:
        try:
            return getattr(RedisCache, name)(self, *given, **named)
        except RedisError:
            return getattr(self.instead, name)(*given, **named)

    return ask


class SharedCache(RedisCache):
    """What can be read or done anew. While Redis is away it is empty and takes nothing in."""

    instead: BaseCache

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._options = PATIENCE
        self.instead = Nothing(server, params)

    add = _or_instead("add")
    get = _or_instead("get")
    set = _or_instead("set")
    touch = _or_instead("touch")
    delete = _or_instead("delete")
    has_key = _or_instead("has_key")
    incr = _or_instead("incr")
    get_many = _or_instead("get_many")
    set_many = _or_instead("set_many")
    delete_many = _or_instead("delete_many")

    def count(self, key: str, seconds: int) -> int:
        """How often `key` was counted, this time too, in a window that starts with the first; 0 while Redis is away."""
        key = self.make_and_validate_key(key)
        try:
            with self._cache.get_client(key, write=True).pipeline(transaction=True) as pipe:
                pipe.set(key, 0, nx=True, ex=seconds)
                pipe.incr(key)
                return int(pipe.execute()[1])
        except RedisError:
            return 0


class SessionCache(SharedCache):
    """Remembered shortly: a session that ended or changed while Redis was away is in it as it had been."""

    def get_backend_timeout(self, timeout: Any = DEFAULT_TIMEOUT) -> float:
        given = super().get_backend_timeout(timeout)
        return SECONDS_OF_A_SESSION if given is None else min(given, SECONDS_OF_A_SESSION)


class CountingCache(SharedCache):
    """What must be counted, such as wrong passwords. While Redis is away it is the TABLE of the settings."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.instead = DatabaseCache(params["TABLE"], {**params, "MAX_ENTRIES": MOST_COUNTED})
