"""Open pages hear what their person's bell holds now: of many people in one message to each process.

A bell is read and drawn only for whoever has a page open; of two hundred people that are told, most have none.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from uuid import UUID

from peerloop.core.realtime import groups
from peerloop.core.realtime import services as realtime

from ..bells import Printer
from ..events import BellEvent, FeedChanged, NotificationData, Notified
from ..models import Notification
from ..queries import Feed, feeds, unread_counts


def ring_new(written: list[Notification]) -> None:
    """Something new awaits these people. Read after commit: of two notices at once, the later frame shows both."""
    on_site = {row.recipient_id: row for row in written if row.on_site}
    there = _feeds_of_open_pages(on_site)
    lines = {user_id: there[user_id].line_of(row) if user_id in there else row for user_id, row in on_site.items()}
    _ring(there, {user_id: Notified(data=NotificationData.of(line)) for user_id, line in lines.items()})


def ring_changed(user_ids: set[UUID]) -> None:
    """These people read some, or some were taken back."""
    counts = unread_counts(user_ids)
    _ring(_feeds_of_open_pages(user_ids), {each: FeedChanged(unread_count=counts[each]) for each in user_ids})


def _feeds_of_open_pages(user_ids: Iterable[UUID]) -> dict[UUID, Feed]:
    listening = [user_id for user_id in user_ids if realtime.pages_listen(groups.person(user_id))]
    return {feed.user_id: feed for feed in feeds(listening)} if listening else {}


def _ring(there: Mapping[UUID, Feed], told: Mapping[UUID, BellEvent]) -> None:
    printer = Printer()
    realtime.publish_together(
        (event, groups.person(user_id), {"bell": partial(_bell, printer, there.get(user_id), user_id)})
        for user_id, event in told.items()
    )


def _bell(printer: Printer, feed: Feed | None, user_id: UUID) -> str:
    """What is drawn, if it is; a page that was opened only just now has its feed read then."""
    return printer.html(feed or feeds([user_id])[0])
