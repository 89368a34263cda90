"""The JSON door of notifications."""

from uuid import UUID

from ninja import Router, Schema

from peerloop.core.accounts.requests import CallerRequest

from . import queries, services
from .events import NotificationData

router = Router(tags=["notifications"])


class Feed(Schema):
    """The unread ones, newest first, at most 20."""

    notifications: list[NotificationData]
    unread_count: int


class Read(Schema):
    id: UUID
    read: bool
    unread_count: int


class Shown(Schema):
    """Mark these only; without `ids`, all that are in the feed now."""

    ids: list[UUID] | None = None


class AllRead(Schema):
    unread_count: int


class Problem(Schema):
    error: str


@router.get("", response={200: Feed, 401: Problem})
def notifications(request: CallerRequest) -> Feed:
    """The caller's feed."""
    feed = queries.feed(request.auth)
    return Feed(notifications=[NotificationData.of(each) for each in feed.items], unread_count=feed.unread_count)


@router.post("/read-all", response={200: AllRead, 400: Problem, 401: Problem})
def mark_all_read(request: CallerRequest, shown: Shown | None = None) -> AllRead:
    """Mark the caller's feed read. Older unread ones then move up into it."""
    services.mark_all_read(by=request.auth, shown=shown.ids if shown else None)
    return AllRead(unread_count=queries.feed(request.auth).unread_count)


@router.post("/{uuid:notification_id}/read", response={200: Read, 401: Problem, 404: Problem})
def mark_as_read(request: CallerRequest, notification_id: UUID) -> Read:
    """Mark one of the caller's notifications read."""
    caller = request.auth
    notification = services.mark_as_read(notification_id=notification_id, by=caller)
    return Read(id=notification.pk, read=notification.is_read, unread_count=queries.feed(caller).unread_count)
