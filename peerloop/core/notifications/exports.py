"""What a person takes along: what they were told, and what they chose to be told."""

from typing import Any

from peerloop.core.accounts.exports import Export, exports
from peerloop.core.accounts.models import User

from .models import DigestPlan, Notification, Preference


def _notifications(user: User) -> Any:
    for each in Notification.objects.filter(recipient=user).select_related("by").order_by("pk").iterator():
        yield {
            "created_at": each.created_at,
            "title": each.title,
            "description": each.description,
            "target": each.target,
            "read_at": each.read_at,
        }


def _preferences(user: User) -> Any:
    yield from Preference.objects.filter(user=user).values("kind", "channel", "on")


def _digests(user: User) -> Any:
    for plan in DigestPlan.objects.filter(user=user):
        yield {"hour": plan.hour, "sent": list(user.digests.order_by("day").values_list("day", flat=True))}


exports.add("notifications", Export(_notifications))
exports.add("notification-preferences", Export(_preferences))
exports.add("notification-digests", Export(_digests))
