"""How a notification comes to the devices of its person: once, and not at all if it has been read meanwhile."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone

from peerloop.core.push.services.messages import Outgoing, push

from .kinds import Push, kind_of
from .models import Notification
from .queries import is_wanted

ICON = "ui/icon-192.png"
# For as long as this a device that was away still hears that something it may show is over.
FAREWELL = timedelta(hours=1)
BATCH = 200


@transaction.atomic
def send_pushes(*, notification_ids: Iterable[UUID]) -> int:
    """Push these to the devices of their people; returns how many were. Again, or at once elsewhere, pushes nothing.

    What leaves is stored in the same commit, so that nothing is lost or sent twice between here and there.
    """
    due = Notification.objects.due_by_push().filter(pk__in=list(notification_ids))
    claimed = list(due.select_for_update(of=("self",)).select_related("recipient", "by"))
    now, wanted = timezone.now(), [each for each in claimed if is_wanted(each)]
    push(outgoing=[_outgoing(each, kind_of(each.kind).push(each)) for each in wanted])
    Notification.objects.filter(pk__in=[each.pk for each in claimed]).update(push_due_at=None)
    Notification.objects.filter(pk__in=[each.pk for each in wanted]).update(pushed_at=now)
    return len(wanted)


def send_due_pushes() -> int:
    """Push what lost jobs have left, oldest first; returns how many were."""
    ids = Notification.objects.due_by_push().order_by("push_due_at").values_list("pk", flat=True)[:BATCH]
    return send_pushes(notification_ids=list(ids))


def take_back(notifications: Iterable[Notification], why: str) -> None:
    """Close these where they were pushed, saying `why` for a moment; one that waits to be sent stays away."""
    pushed = [each for each in notifications if each.pushed_at]
    if pushed:
        until, farewell = timezone.now() + FAREWELL, {"title": why, "icon": static(ICON), "closing": True}
        about: dict[str, Any] = {"until": until, "content": farewell, "is_urgent": True}
        push(outgoing=[Outgoing(user_id=each.recipient_id, tag=each.tag, **about) for each in pushed])


def _outgoing(notification: Notification, how: Push) -> Outgoing:
    return Outgoing(
        user_id=notification.recipient_id,
        tag=notification.tag,
        until=how.until,
        content=_content(notification, how),
        is_urgent=how.is_urgent,
    )


def _content(notification: Notification, how: Push) -> dict[str, Any]:
    """What static/js/service-worker.js shows."""
    return {
        "title": notification.title,
        "body": notification.description,
        "url": how.url or reverse("notification_open", args=[notification.pk]),
        "icon": static(ICON),
        "stays": how.is_urgent,
        "actions": [{"name": each.name, "label": each.label, "address": each.address} for each in how.actions],
    }
