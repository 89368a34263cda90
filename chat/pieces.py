"""What the chat puts into pages of the courses and the dashboards: the variables of each piece."""

from typing import Any

from peerloop.core.accounts.requests import MemberRequest, SiteRequest
from peerloop.core.flags.permissions import can_access

from .models import ChatMessage
from .queries import unread_counts


def if_on(request: SiteRequest, given: dict[str, Any]) -> dict[str, Any] | None:
    """The links to the chat are absent while it is switched off for the person."""
    if request.user.is_authenticated and not can_access(request.user, "course_chat"):
        return None
    return {}


def with_unread(request: Any, given: dict[str, Any]) -> dict[str, Any] | None:
    """How many messages wait; counted once for all courses of a page."""
    if if_on(request, given) is None:
        return None
    if not hasattr(request, "chat_unread"):
        request.chat_unread = unread_counts(request.user)
    return {"unread": request.chat_unread.get(given["course"].pk, 0)}


def with_pending(request: MemberRequest, given: dict[str, Any]) -> dict[str, Any] | None:
    """The oldest pending questions of the courses the person helps in."""
    if if_on(request, given) is None:
        return None
    mine = ChatMessage.objects.filter(room__course__student_teachers__user=request.user)
    pending = mine.pending().exclude(author=request.user).select_related("author", "room__course")
    return {"pending": pending.order_by("created_at")[:20]}
