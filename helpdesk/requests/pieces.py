"""What requests put into the dashboards."""

from typing import Any

from peerloop.core.accounts.requests import MemberRequest

from .queries.own import own_requests
from .queries.paid import offers_to, work_of

Context = dict[str, Any]


def with_paid(request: MemberRequest, given: Context) -> Context:
    """What a helper can take, and has taken. Two queries."""
    return {"offers": offers_to(request.user), "work": work_of(request.user)}


def with_own(request: MemberRequest, given: Context) -> Context | None:
    """What a student has asked; nothing before the first request. One query."""
    asked = own_requests(request.user)
    kinds = {each.is_paid for each in asked}
    return {"asked": asked, "has_paid": True in kinds, "has_free": False in kinds} if asked else None
