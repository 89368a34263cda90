"""How people say that they have read something."""

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from peerloop.core.accounts.models import User

from ..errors import NoSuchNotification
from ..models import Notification
from ..queries import feed
from .ringing import ring_changed


@transaction.atomic
def mark_as_read(*, notification_id: UUID, by: User) -> Notification:
    """Mark one notification of `by` read, and with it the older ones of its group; again changes nothing.

    Raises NoSuchNotification for anybody else's.
    """
    own = Notification.objects.visible_to(by).select_related("by").with_people()
    notification = own.filter(pk=notification_id).first()
    if notification is None:
        raise NoSuchNotification
    if _mark([notification.pk], by):
        notification.refresh_from_db(fields=["read_at"])
    return notification


@transaction.atomic
def mark_all_read(*, by: User, shown: Iterable[UUID] | None = None) -> int:
    """Mark what is in the feed of `by` read; returns how many lines that were. Older ones then move up into the feed.

    With `shown`, the ids that the person had before their eyes, one that arrived since stays unread. Ids of other
    people's notifications are passed over. Again marks what is in the feed by then.
    """
    return _mark(list(shown) if shown is not None else [each.pk for each in feed(by).items], by)


def _mark(ids: list[UUID], by: User) -> int:
    """Mark these and what is behind them; returns how many of these were unread."""
    unread = Notification.objects.visible_to(by).unread()
    # A newer one of the group came after the person looked, and stays.
    newer_shown = unread.filter(kind=OuterRef("kind"), about=OuterRef("about"), pk__gt=OuterRef("pk"), pk__in=ids)
    behind = unread.filter(~Q(about=""), Exists(newer_shown)).update(read_at=(now := timezone.now()))
    count = unread.filter(pk__in=ids).update(read_at=now)
    if count or behind:
        transaction.on_commit(partial(ring_changed, {by.pk}))
    return count
