"""Redis clients for what is kept beside the channel layer: one per thread-safe process, one per event loop."""

import asyncio
from functools import cache
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from django.conf import settings

_clients: "WeakKeyDictionary[asyncio.AbstractEventLoop, redis.asyncio.Redis]" = WeakKeyDictionary()


@cache
def client() -> redis.Redis:
    """For threads: views, services, jobs."""
    return redis.Redis.from_url(settings.REDIS_URL, decode_responses=True, socket_timeout=5)


def aclient() -> redis.asyncio.Redis:
    """For coroutines: consumers and what runs beside them."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = redis.asyncio.Redis.from_url(settings.REDIS_URL, decode_responses=True, socket_timeout=5)
    return _clients[loop]
