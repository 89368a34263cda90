"""What goodwill shows in pages of the floors below: the header's points, the dashboard's card, the profile's total."""

from typing import Any

from django.http import HttpRequest

from peerloop.core import slots
from peerloop.core.accounts.backends import read_with_the_person
from peerloop.core.flags.permissions import can_access
from peerloop.core.markup import navigation

from . import queries

# Where somebody knows a little of everything, the profile shows what they know best.
AREAS = 12


def own_account(request: HttpRequest | None, given: dict[str, Any]) -> dict[str, Any] | None:
    if request is None or not request.user.is_authenticated or not can_access(request.user, "goodwill_points"):
        return None
    account = queries.account_as_read(request.user)
    return {"account": account} if account else None


def own_latest(request: HttpRequest | None, given: dict[str, Any]) -> dict[str, Any] | None:
    own = own_account(request, given)
    return own and {**own, "lines": queries.history(own["account"]).lines[:3]}


def persons_total(request: HttpRequest | None, given: dict[str, Any]) -> dict[str, Any] | None:
    if request is None or not can_access(request.user, "goodwill_points"):
        return None
    return {"total": queries.received_total(given["person"])}


def persons_expertise(request: HttpRequest | None, given: dict[str, Any]) -> dict[str, Any] | None:
    known = list(queries.expertises_of(given["person"])[:AREAS])
    return {"known": known} if known else None


read_with_the_person("goodwill")
slots.fill("shell.tools", "goodwill/_points.html", context=own_account, order=10)
slots.fill("shell.live", "goodwill/_points.html", context=own_account)
slots.fill("dashboard.aside", "goodwill/_card.html", context=own_latest, order=10)
slots.fill("profile.sections", "goodwill/_received.html", context=persons_total, order=20)
slots.fill("profile.sections", "goodwill/_expertise.html", context=persons_expertise, order=30)
slots.fill("helper_dashboard.aside", "goodwill/_received.html", context=persons_total)
navigation.add(
    "goodwill_history",
    "Goodwill points",
    icon="award",
    places={"account"},
    order=40,
    shown_to=lambda user: user.is_authenticated and can_access(user, "goodwill_points"),
)
