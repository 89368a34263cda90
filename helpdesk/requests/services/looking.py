"""Counting who has looked at a request."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import F

from peerloop.core.accounts.models import User
from peerloop.core.redis import shared

from ..models import HelpRequest

DAY = 24 * 3600


def count_view(*, request_id: UUID, by: User | AnonymousUser, visitor: str = "") -> bool:
    """Count that somebody other than its requester looked at a request; once per person and day. Whether it counted.

    `visitor` tells visitors apart, as their address does; without it they are not counted.
    """
    who = str(by.pk) if isinstance(by, User) else visitor
    # The cache remembers, so that a reload asks the database for nothing and waits for nobody. While it is away nobody
    # is counted: who was already is not known.
    if not who or not shared.add(f"viewed:{request_id}:{who}", 1, DAY):
        return False
    seen = HelpRequest.objects.filter(pk=request_id).exclude(requester=by.pk)
    return bool(seen.update(view_count=F("view_count") + 1))
