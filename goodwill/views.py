"""The pages of points."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.flags.permissions import can_access

from . import queries
from .errors import GoodwillOff
from .models import Account
from .reasons import reasons
from .services import open_account


@login_required
@require_safe
def history(request: MemberRequest) -> HttpResponse:
    account = account_to_show(request)
    lines = queries.history(account, before=request.GET.get("before"))
    weeks = queries.weeks(account)
    context: dict[str, Any] = {
        "account": account,
        "history": lines,
        "totals": queries.totals(account),
        "weeks": weeks,
        "peak": max(max(week.given, week.received) for week in weeks),
    }
    return render(request, "goodwill/history/history.html", context)


@login_required
@require_safe
def earn(request: MemberRequest) -> HttpResponse:
    account = account_to_show(request)
    ways = [reason for _, reason in reasons if reason.earn]
    context = {"account": account, "ways": ways, "start": settings.PEERLOOP.STARTING_BALANCE}
    return render(request, "goodwill/earn/earn.html", context)


def account_to_show(request: MemberRequest) -> Account:
    if not can_access(request.user, "goodwill_points"):
        raise GoodwillOff
    return queries.account_as_read(request.user) or open_account(user=request.user)
