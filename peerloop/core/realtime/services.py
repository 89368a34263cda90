"""The only road to the channel layer."""

import asyncio
import atexit
import os
import threading
from concurrent.futures import Future, wait
from functools import cache, partial
from typing import Any
from uuid import UUID

import structlog
from channels.layers import get_channel_layer  # this module is the road
from django.conf import settings
from django.db import transaction
from redis.exceptions import RedisError

from . import groups
from .bus import client
from .event import Event
from .hub import pages_here

log = structlog.get_logger(__name__)


def publish(event: Event, *, to: str, draw: dict[str, Any] | None = None) -> None:
    """Tell the group `to` of `event` once the surrounding transaction has committed; at once outside of one.

    The payload is encoded once, and the event's fragment drawn once, with the variables `draw`, if any page listens:
    drawing costs more than storing. Nothing is told on rollback. If the bus is away the event is lost and logged:
    pages and programs catch up from the database.
    """
    transaction.on_commit(partial(_tell, event, to, draw or {}))


async def apublish(event: Event, *, to: str) -> None:
    """The same at once, from a coroutine, for what touches no database: typing. Never raises."""
    try:
        await asend(to, _frames(event, to, {}))
    except Exception as error:  # a hint that got lost is not worth a connection
        log.warning("bus_unavailable", group=to, error=str(error))


def _tell(event: Event, to: str, draw: dict[str, Any]) -> None:
    send(to, _frames(event, to, draw))


def _frames(event: Event, to: str, draw: dict[str, Any]) -> dict[str, Any]:
    programs = event.for_programs()
    pages = programs
    if event.fragment:
        pages = event.for_pages(draw) if pages_listen(to) else ""
    return {"type": "frames", "group": to, "json": programs, "html": pages}


def pages_listen(group: str) -> bool:
    """Whether a page in any process listens to `group`; Redis is asked only if none does in this one."""
    prefix = settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"]  # type: ignore[index]
    channel = f"{prefix}__group__{groups.pages(group)}"  # what channels_redis calls the group
    try:
        return pages_here(group) or dict(client().pubsub_numsub(channel))[channel] > 0
    except RedisError:
        return True


def disconnect(*, user_id: UUID | None = None, session: str = "", group: str = "", sentence: str) -> None:
    """Close sockets in every process, after commit: of one person, of one browser session, in one group or in all.

    Each gets `sentence` as a last `error` and no frame after it. Closing what is not open does nothing.
    """
    order = {"user_id": str(user_id or ""), "session": session, "group": group, "sentence": sentence}
    transaction.on_commit(partial(send, groups.CONTROL, {"type": "close", **order}))


def send(group: str, message: dict[str, Any]) -> None:
    """Put a finished message on the bus from a thread, in the order of the calls, without waiting. Never raises."""
    sending = asyncio.run_coroutine_threadsafe(asend(group, message), _bus_loop(os.getpid()))
    _on_the_way.add(sending)
    sending.add_done_callback(partial(_arrived, group))


async def asend(group: str, message: dict[str, Any]) -> None:
    """The same from a coroutine. Raises what the bus raises."""
    await get_channel_layer().group_send(group, message)


def _arrived(group: str, sending: "Future[None]") -> None:
    _on_the_way.discard(sending)
    if error := sending.exception():
        log.warning("bus_unavailable", group=group, error=str(error))


_on_the_way: set["Future[None]"] = set()


@atexit.register
def _let_the_last_ones_arrive() -> None:
    """A command that ends right after its work must not take its news along."""
    wait(tuple(_on_the_way), timeout=2)


@cache
def _bus_loop(process: int) -> asyncio.AbstractEventLoop:
    """A loop of our own that keeps its connection; one per process, because a fork takes no threads along."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="bus", daemon=True).start()
    return loop
