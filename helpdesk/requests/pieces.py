"""What paid requests put into the helper's dashboard."""

from typing import Any

from peerloop.core.accounts.requests import MemberRequest

from .queries.paid import offers_to, work_of

Context = dict[str, Any]


def with_paid(request: MemberRequest, given: Context) -> Context:
    """What a helper can take, and has taken. Two queries."""
    return {"offers": offers_to(request.user), "work": work_of(request.user)}
