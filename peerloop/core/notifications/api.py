"""The JSON door of notifications."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

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
def notifications(request: HttpRequest) -> Feed:
    """The caller's feed."""
    feed = queries.feed(request.auth)  # type: ignore[attr-defined]
    return Feed(notifications=[NotificationData.of(each) for each in feed.items], unread_count=feed.unread_count)


@router.post("/read-all", response={200: AllRead, 400: Problem, 401: Problem})
def mark_all_read(request: HttpRequest, shown: Shown | None = None) -> AllRead:
    """Mark the caller's feed read. Older unread ones then move up into it."""
    services.mark_all_read(by=request.auth, shown=shown.ids if shown else None)  # type: ignore[attr-defined]
    return AllRead(unread_count=queries.feed(request.auth).unread_count)  # type: ignore[attr-defined]


@router.post("/{uuid:notification_id}/read", response={200: Read, 401: Problem, 404: Problem})
def mark_as_read(request: HttpRequest, notification_id: UUID) -> Read:
    """Mark one of the caller's notifications read."""
    caller = request.auth  # type: ignore[attr-defined]
    notification = services.mark_as_read(notification_id=notification_id, by=caller)
    return Read(id=notification.pk, read=notification.is_read, unread_count=queries.feed(caller).unread_count)
