"""What payouts show on other pages, while they are on: an entry in the account menu and a card on the dashboard."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from peerloop.core import slots
from peerloop.core.accounts.models import User
from peerloop.core.markup import navigation

from .queries import payout_state


def is_paid_out(user: Any) -> bool:
    return bool(settings.PAYOUT_PERCENT and user.is_authenticated and user.role == User.Role.HELPER)


def with_state(request: HttpRequest | None, given: dict[str, Any]) -> dict[str, Any] | None:
    return {"state": payout_state(given["person"])} if is_paid_out(given["person"]) else None


slots.fill("helper_dashboard.aside", "payments/payouts/_card.html", context=with_state, order=20)
navigation.add("payouts", "Payouts", icon="credit-card", places={"account"}, order=36, shown_to=is_paid_out)
