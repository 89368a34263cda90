"""The only road to the bus."""

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from redis.exceptions import RedisError

from . import groups, hub
from .bus import ahears, asend, channel_of, client, send
from .event import Event

log = structlog.get_logger(__name__)
Letter = tuple[Event, str, dict[str, Any]]


def publish(event: Event, *, to: str, draw: dict[str, Any] | None = None) -> None:
    """Tell the group `to` of `event` once the surrounding transaction has committed; at once outside of one.

    The payload is encoded once, and the event's fragment drawn once, with the variables `draw`, if any page listens:
    drawing costs more than storing. Nothing is told on rollback. If the bus is away the event is lost and logged:
    pages and programs catch up from the database.
    """
    transaction.on_commit(partial(_tell, event, to, draw or {}))


def publish_to_all(event: Event, *, to: Iterable[str]) -> None:
    """The same to many groups in one message to each process, for an event without a fragment."""
    transaction.on_commit(partial(_tell_all, event, list(to)))


def publish_together(letters: Iterable[Letter]) -> None:
    """Many events (each with its group and what it draws with) in one message to each process."""
    transaction.on_commit(partial(_tell_together, list(letters)))


async def apublish(event: Event, *, to: str) -> None:
    """The same at once, from a coroutine, for what touches no database: typing. Never raises."""
    await _atell([(event, to, {})])


def publish_soon(letters: Iterable[Letter]) -> None:
    """Tell of what is committed already, from a coroutine and without waiting for Redis. Never raises.

    What is told by one call after the other is told in that order.
    """
    telling = asyncio.ensure_future(_atell(list(letters)))
    _tellings.add(telling)  # the loop itself would let go of it
    telling.add_done_callback(_tellings.discard)


_tellings: set[asyncio.Task[None]] = set()


async def _atell(letters: list[Letter]) -> None:
    try:
        messages = [_frames(event, to, draw, with_page=await _apage_listens(event, to)) for event, to, draw in letters]
        await asend(*[(each["group"], each) for each in messages])
    except Exception as error:  # a hint that got lost is not worth a connection
        log.warning("bus_unavailable", groups=[to for _, to, _ in letters], error=str(error))


def _tell(event: Event, to: str, draw: dict[str, Any]) -> None:
    send(to, _frames(event, to, draw, with_page=_page_listens(event, to)))


def _tell_all(event: Event, to: list[str]) -> None:
    send(groups.CONTROL, {"type": "frame", "groups": to, "text": event.for_programs()})


def _tell_together(letters: list[Letter]) -> None:
    if len(letters) == 1:
        _tell(*letters[0])
    elif letters:
        messages = [_frames(event, to, draw, with_page=_page_listens(event, to)) for event, to, draw in letters]
        send(groups.CONTROL, {"type": "batch", "messages": messages})


def _page_listens(event: Event, to: str) -> bool:
    return bool(event.fragment) and pages_listen(to)


async def _apage_listens(event: Event, to: str) -> bool:
    return bool(event.fragment) and await hub.apages_listen(to, ask=partial(ahears, groups.pages(to)))


def _frames(event: Event, to: str, draw: dict[str, Any], *, with_page: bool) -> dict[str, Any]:
    programs = event.for_programs()
    pages = programs
    if event.fragment:
        pages = event.for_pages(draw) if with_page else ""
    return {"type": "frames", "group": to, "json": programs, "html": pages}


def pages_listen(group: str) -> bool:
    """Whether a page in any process listens to `group`; Redis is asked only if this process cannot know."""
    return hub.pages_listen(group, ask=partial(_pages_elsewhere, channel_of(groups.pages(group))))


def _pages_elsewhere(channel: str) -> bool:
    try:
        return dict(client().pubsub_numsub(channel))[channel] > 0
    except RedisError:
        return True


def disconnect(*, user_id: UUID | None = None, session: str = "", group: str = "", sentence: str) -> None:
    """Close sockets in every process, after commit: of one person, of one browser session, in one group or in all.

    Each gets `sentence` as a last `error` and no frame after it. Closing what is not open does nothing.
    """
    order = {"user_id": str(user_id or ""), "session": session, "group": group, "sentence": sentence}
    transaction.on_commit(partial(send, groups.CONTROL, {"type": "close", **order}))
