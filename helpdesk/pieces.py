"""What a helper has done, live and paid together, for the dashboard and the profile."""

from typing import Any

from peerloop.core.accounts.requests import MemberRequest

from .requests.queries.paid import mean_rating
from .summons import pieces as summons

Context = dict[str, Any]


def with_figures(request: MemberRequest, given: Context) -> Context | None:
    """What a helper's sessions have come to; nothing for who has none yet."""
    return _with_rating(summons.with_figures(request, given), given)


def with_completed(request: MemberRequest, given: Context) -> Context | None:
    """On the profile of a helper, for everybody to see."""
    return _with_rating(summons.with_completed(request, given), given)


def _with_rating(found: Context | None, given: Context) -> Context | None:
    return found and {**found, "rating": mean_rating(given["person"])}
