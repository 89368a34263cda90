"""The pages on which a payee sets up payouts and reads what was sent. While payouts are off, none of them is there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal

from ..errors import NoSuchPayout, PayoutsOff
from ..models import Payout
from ..purposes import label_of
from ..queries import own_payouts, payout_state
from ..services import testing
from ..services.onboarding import come_back, set_up_payouts

View = Callable[..., HttpResponse]


def while_on(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, **given: Any) -> HttpResponse:
        if not settings.PAYOUT_PERCENT:
            raise PayoutsOff
        return view(request, **given)

    return login_required(guarded)


@require_safe
@while_on
def payouts(request: MemberRequest) -> HttpResponse:
    """How the account stands, and what was sent to it."""
    return _page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@while_on
def setup(request: MemberRequest) -> HttpResponse:
    """On to the provider, which leads back to this address when its own has become too old."""
    if request.method != "POST" and not payout_state(request.user).is_begun:
        return redirect("payouts")
    back, here = (request.build_absolute_uri(reverse(name)) for name in ("payout_return", "payout_setup"))
    try:
        return HttpResponseRedirect(set_up_payouts(by=request.user, return_url=back, refresh_url=here))
    except Refusal as refusal:
        return _page(request, refusal)


@require_safe
@while_on
def came_back(request: MemberRequest) -> HttpResponse:
    """From the provider's form, filled in or not."""
    try:
        come_back(by=request.user)
    except Refusal as refusal:
        return _page(request, refusal)
    return redirect("payouts")


@require_http_methods(["GET", "HEAD", "POST"])
@while_on
def test_account(request: MemberRequest, account_id: str) -> HttpResponse:
    """The stand-in for the provider's form, with the test provider."""
    if not settings.TEST_PAYMENTS:
        raise Http404
    if request.method == "POST":
        testing.finish_account(account_id=account_id, by=request.user)
        return redirect("payout_return")
    account = payout_state(request.user).account
    if account is None or account.account_id != account_id:
        raise NoSuchPayout
    return render(request, "payments/payouts/test_account.html")


def _page(request: MemberRequest, refusal: Refusal | None = None) -> HttpResponse:
    page = own_payouts(request.user, before=request.GET.get("before"))
    context = {
        "state": payout_state(request.user),
        "rows": [_row(each) for each in page.rows],
        "older": page.older,
        "percent": settings.PAYOUT_PERCENT,
        "are_tests": settings.PAYMENTS_ARE_TESTS,
        "refusal": refusal,
    }
    return render(request, "payments/payouts/payouts.html", context, status=refusal.status if refusal else 200)


def _row(payout: Payout) -> dict[str, Any]:
    return {"payout": payout, "label": label_of(payout.payment)}
