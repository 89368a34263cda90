"""Helpers see what they can take, and take it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.presence.errors import OnlyHelpers

from ... import addresses
from ...queries.paid import offers_to, work_of
from ...services.claiming import claim_request


@vary_on_headers("HX-Request")
@require_GET
@login_required
def offers(request: MemberRequest) -> HttpResponse:
    """For the open dashboard: what can be taken now."""
    if not request.user.is_helper:
        raise OnlyHelpers
    if not request.htmx:
        return redirect(addresses.HELPER_DASHBOARD)
    context = {"offers": offers_to(request.user), "work": work_of(request.user)}
    return render(request, "helpdesk/requests/paid/_offers.html", context)


@require_POST
@login_required
def claim(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """Take a request; of many the first gets it. The others read why not, where they pressed."""
    session = claim_request(request_id=request_id, by=request.user)
    page = addresses.helper_session(session.pk)
    return HttpResponseClientRedirect(page) if request.htmx else redirect(page)
