"""One free request with its responses, and what stood there before."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from peerloop.core.accounts.models import User
from peerloop.core.accounts.requests import SiteRequest
from peerloop.core.errors import Refusal, SignInNeeded

from .. import addresses
from ..errors import RequestNotThere
from ..forms.free import AnswerForm
from ..forms.rating import RatingForm
from ..models import HelpRequest
from ..permissions import free
from ..queries.lists import Person
from ..queries.threads import Thread, edits_of, responders_of, seen_request, thread_of
from ..services.looking import count_view
from .shots import Shot


@dataclass(frozen=True)
class May:
    """What the viewer may do with a request."""

    edit: bool
    solve: bool
    assign: bool
    take: bool
    release: bool
    rate: bool
    respond: bool
    mark: bool

    @classmethod
    def of(cls, by: Person, request: HelpRequest) -> "May":
        live, helped = not request.is_over, request.assigned_helper_id is not None
        if not isinstance(by, User):
            return cls(**dict.fromkeys(cls.__dataclass_fields__, False))
        return cls(
            edit=free.can_edit(by, request),
            solve=free.can_solve(by, request),
            assign=live and free.can_assign(by, request),
            take=free.can_take(by, request),
            release=live and helped and free.can_release(by, request),
            rate=request.is_ratable and free.can_rate(by, request),
            respond=request.status != HelpRequest.Status.CLOSED,
            mark=by.pk == request.requester_id,
        )


@vary_on_headers("HX-Request")
@require_GET
def thread(request: SiteRequest, request_id: UUID) -> HttpResponse:
    """Open to visitors where it is public. A paid one has a page of its own. HTMX gets how it stands, to go on from."""
    found = thread_of(request_id, request.user, after=request.GET.get("after"))
    if found.request.is_paid:
        return redirect(found.request)
    if not request.htmx:
        count_view(request_id=request_id, by=request.user, visitor=request.META.get("REMOTE_ADDR", ""))
    return show_thread(request, found)


@require_GET
def edits(request: SiteRequest, request_id: UUID) -> HttpResponse:
    found = seen_free(request, request_id)
    return render(request, "helpdesk/requests/free/edits.html", {"asked": found, "edits": edits_of(found)})


def show_thread(
    request: SiteRequest,
    found: Thread,
    *,
    form: AnswerForm | None = None,
    shots: list[Shot] | None = None,
    marking: dict[str, Any] | None = None,
    rating: RatingForm | None = None,
    refusal: Refusal | None = None,
    beside: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, with what somebody was writing and why it was refused: `beside` which form, or on top."""
    asked, may = found.request, May.of(request.user, found.request)
    responders = list(responders_of(asked)) if may.assign else []
    drawn = {
        "assign": may.assign and (request.user.is_staff or responders),
        "mark": may.mark and marked(found, marking),
        "rating": may.rate,
    }
    context: dict[str, Any] = {
        "thread": found,
        "asked": asked,
        "may": may,
        "before": found.photos_of("before"),
        "after": found.photos_of("after"),
        "responders": responders,
        "form": form or AnswerForm(),
        "shots": shots or [],
        "pins": request.POST.get("pins", ""),
        "marking": marking,
        "rating": rating or RatingForm.of(asked),
        "refusal": refusal,
        "beside": beside if drawn.get(beside) else "",
        "numbers": settings.PEERLOOP,
    }
    part = "#standing" if request.htmx else ""
    template = f"helpdesk/requests/free/thread.html{part}"
    return render(request, template, context, status=refusal.status if refusal else status)


def marked(found: Thread, marking: dict[str, Any] | None) -> bool:
    """Whether the photo on which a mark was refused is on the page."""
    return marking is not None and any(each.photo.pk == marking["photo_id"] for each in found.photos)


def seen_free(request: SiteRequest, request_id: UUID) -> HelpRequest:
    """A free request for who may see it. Raises RequestNotThere."""
    found = seen_request(request_id, request.user)
    if found.is_paid:
        raise RequestNotThere
    return found


def member(request: SiteRequest) -> User:
    """Who acts. Raises SignInNeeded."""
    if not isinstance(request.user, User):
        raise SignInNeeded
    return request.user


def own_address(request: HelpRequest) -> str:
    return addresses.thread(request.pk)
