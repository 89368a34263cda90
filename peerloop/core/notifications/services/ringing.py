"""Open pages hear what their person's bell holds now: of many people in one message to each process."""

from collections.abc import Iterable
from uuid import UUID

from peerloop.core.realtime import groups
from peerloop.core.realtime.services import publish_together

from ..bells import Printer
from ..events import BellEvent, FeedChanged, NotificationData, Notified
from ..models import Notification
from ..queries import Feed, feeds


def ring_new(written: list[Notification]) -> None:
    """Something new awaits these people. Read after commit: of two notices at once, the later frame shows both."""
    on_site = {row.recipient_id: row for row in written if row.on_site}
    _ring((feed, Notified(data=NotificationData.of(feed.line_of(on_site[feed.user_id])))) for feed in feeds(on_site))


def ring_changed(user_ids: set[UUID]) -> None:
    """These people read some, or some were taken back."""
    _ring((feed, FeedChanged(unread_count=feed.unread_count)) for feed in feeds(user_ids))


def _ring(bells: Iterable[tuple[Feed, BellEvent]]) -> None:
    printer = Printer()
    publish_together((event, groups.person(feed.user_id), {"feed": feed, "printer": printer}) for feed, event in bells)
