"""What a person's open pages hear about their notifications. The fragment is the person's own bell as it is now."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from peerloop.core.realtime.event import Event

from .models import Notification


class NotificationData(BaseModel):
    """A notification as programs see it; the fields of a request are empty in other kinds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: UUID
    type: str
    title: str
    request_id: UUID | None
    category: str | None
    description: str
    amount: int | None
    target: str
    created_at: datetime
    read: bool

    @classmethod
    def of(cls, notification: Notification) -> "NotificationData":
        return cls(
            id=notification.pk,
            type=notification.kind,
            title=notification.title,
            request_id=notification.request_id,
            category=notification.category or None,
            description=notification.description,
            amount=notification.amount,
            target=notification.target,
            created_at=notification.created_at,
            read=notification.is_read,
        )


class BellEvent(Event):
    heard_by: ClassVar[str] = "the person's own pages"
    fragment: ClassVar[str] = "notifications/_bell.html"

    def drawn(self, draw: dict[str, Any]) -> str:
        return str(draw["bell"]())


class Notified(BellEvent):
    """Something new awaits the listener."""

    name: ClassVar[str] = "notification"

    data: NotificationData


class FeedChanged(BellEvent):
    """The listener read some on another page, or some were withdrawn."""

    name: ClassVar[str] = "notifications_changed"

    unread_count: int
