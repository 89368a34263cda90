"""What bookings put into the dashboards."""

from typing import Any

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.flags.permissions import can_access

from . import panels, queries
from .models import WeeklyHours

Context = dict[str, Any]
# The next ones; the list has the others.
SHOWN = 3


def with_booked(request: MemberRequest, given: Context) -> Context | None:
    """What is ahead of a student; nothing while nothing is booked."""
    ahead = _ahead(request)
    return {"ahead": ahead} if ahead and can_access(request.user, "summon_help") else None


def with_asked(request: MemberRequest, given: Context) -> Context | None:
    """What is ahead of a helper, and whether there are hours to be booked in."""
    if not given["courses"] or not can_access(request.user, "summon_help"):
        return None
    return {"ahead": _ahead(request), "has_hours": WeeklyHours.objects.filter(helper=request.user).exists()}


def _ahead(request: MemberRequest) -> list[panels.Seen]:
    return panels.seen(queries.ahead_of(request.user)[:SHOWN], request.user)
