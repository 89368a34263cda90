"""The list of free requests, and what was asked before about the same."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from peerloop.core.accounts.requests import SiteRequest

from ..forms.free import SEARCH_CHARACTERS, LookingForm
from ..queries.lists import Filters, listed
from ..queries.search import similar_requests


@require_GET
def requests(request: SiteRequest) -> HttpResponse:
    """Open to visitors. HTMX gets the results alone."""
    form = LookingForm(request.GET)
    filters = form.filters()
    before = request.GET.get("before")
    shelf = listed(request.user, filters, before=before)
    context = {
        "form": form,
        "shelf": shelf,
        "is_narrowed": filters != Filters(sort=filters.sort) or filters.sort == "unanswered",
        "older": _address(request, shelf.older) if shelf.older else "",
        "first": _address(request, None) if before else "",
    }
    part = "#results" if request.htmx else ""
    return render(request, f"helpdesk/requests/free/list.html{part}", context)


@require_GET
def similar(request: SiteRequest) -> HttpResponse:
    """While somebody types a title: what is there already, solved ones first."""
    text = request.GET.get("title", "")[:SEARCH_CHARACTERS]
    found = similar_requests(request.user, text, size=settings.PEERLOOP.SIMILAR_REQUESTS)
    return render(request, "helpdesk/requests/free/_similar.html", {"found": found})


def _address(request: SiteRequest, before: str | None) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    if before:
        query["before"] = before
    return f"{request.path}?{query.urlencode()}"
