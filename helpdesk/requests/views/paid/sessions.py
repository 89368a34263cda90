"""The session of a paid request, each page for one of its two alone."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal

from ....sessions.call import room_elsewhere
from ....sessions.errors import SessionNotThere
from ....sessions.forms import TalkForm
from ... import addresses, panels
from ...forms.rating import RatingForm
from ...queries.paid import Talk, talk_of
from ...services.claiming import give_back_claim
from ...services.holding import start_session


@vary_on_headers("HX-Request")
@require_GET
@login_required
def customer_session(request: MemberRequest, session_id: UUID) -> HttpResponse:
    """For the customer. A session that is lost before it began leads back to the request, which waits again."""
    found = own_talk(request, session_id, as_helper=False)
    if found.is_lost:
        page = addresses.status_page(found.request.pk)
        return HttpResponseClientRedirect(page) if request.htmx else redirect(page)
    return show(request, "customer", found)


@vary_on_headers("HX-Request")
@require_GET
@login_required
def helper_session(request: MemberRequest, session_id: UUID) -> HttpResponse:
    """For the helper, also when it is the helper's no more: then it says why."""
    return show(request, "helper", own_talk(request, session_id, as_helper=True))


@require_POST
@login_required
def start(request: MemberRequest, session_id: UUID) -> HttpResponse:
    return act(request, session_id, start_session)


@require_POST
@login_required
def give_back(request: MemberRequest, session_id: UUID) -> HttpResponse:
    return act(request, session_id, give_back_claim)


@require_GET
@login_required
def call(request: MemberRequest, session_id: UUID) -> HttpResponse:
    """The built-in call, in a tab of its own; a room elsewhere replaces it, and what is over has none."""
    found = own_talk(request, session_id)
    if found.session.is_over:
        return redirect(page_of(found))
    if elsewhere := room_elsewhere(session_id):
        return redirect(elsewhere)
    context = panels.talk(found, back=page_of(found), is_helper=found.is_helper)
    return render(request, "helpdesk/sessions/paid_call.html", context)


def own_talk(request: MemberRequest, session_id: UUID, *, as_helper: bool | None = None) -> Talk:
    """The session for its two people, or for the one of them; nobody else learns that it is there."""
    found = talk_of(session_id, request.user)
    if found is None or (as_helper is not None and found.is_helper != as_helper):
        raise SessionNotThere
    return found


def page_of(found: Talk) -> str:
    """The page of the session for who looks."""
    address = addresses.helper_session if found.is_helper else addresses.customer_session
    return address(found.session.pk)


def show(request: MemberRequest, who: str, found: Talk) -> HttpResponse:
    if request.htmx:
        return render(request, f"helpdesk/requests/paid/_{who}_session.html", panels.talk(found))
    return show_page(request, found)


def show_page(
    request: MemberRequest,
    found: Talk,
    *,
    form: TalkForm | None = None,
    rating: RatingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, with what the two have written; what was refused stands in its form."""
    context = panels.talk(found, rating=rating, **panels.written(found, form=form))
    who = "helper" if found.is_helper else "customer"
    return render(request, f"helpdesk/requests/paid/{who}_session.html", context, status=status)


def act(request: MemberRequest, session_id: UUID, service: Callable[..., Any]) -> HttpResponse:
    """Do it, and show the session as it is now; a refusal is said there."""
    own_talk(request, session_id, as_helper=True)
    try:
        service(session_id=session_id, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("helper_session", session_id)
