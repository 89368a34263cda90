"""Redis: the client of the threads of a process; and messages put on it for the hubs to hear."""

from functools import cache
from typing import Any

import redis
import structlog
from channels.layers import get_channel_layer  # only realtime touches it
from django.conf import settings
from redis.exceptions import RedisError

from peerloop.core.redis import PATIENCE
from peerloop.core.redis.line import line

log = structlog.get_logger(__name__)
Letter = tuple[str, dict[str, Any]]


@cache
def client() -> redis.Redis:
    """For threads: views, services, jobs."""
    return redis.Redis.from_url(settings.REDIS_URL, decode_responses=True, **PATIENCE)


def send(group: str, message: dict[str, Any]) -> None:
    """Put a finished message on the bus from a thread, in the order of the calls. Never raises."""
    try:
        client().publish(channel_of(group), get_channel_layer().serialize(message))
    except RedisError as error:
        log.warning("bus_unavailable", group=group, error=str(error))


async def asend(*letters: Letter) -> None:
    """The same from a coroutine, of any number of groups and messages. Raises what the bus raises."""
    serialize = get_channel_layer().serialize
    await line().ask(*[("PUBLISH", channel_of(group), serialize(message)) for group, message in letters])


async def ahears(group: str) -> bool:
    """Whether any process attends to this group. Raises what the bus raises."""
    ((_, listeners),) = await line().ask(("PUBSUB", "NUMSUB", channel_of(group)))
    return bool(listeners)


def channel_of(group: str) -> str:
    """What channels_redis calls a group in Redis."""
    return f"{settings.CHANNEL_LAYERS['default']['CONFIG']['prefix']}__group__{group}"  # type: ignore[index]
