"""Answering a free request, and what is done to one answer."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from goodwill.models import HelpfulVote
from goodwill.services import take_back_vote, vote_helpful
from peerloop.core.accounts.requests import SiteRequest
from peerloop.core.errors import Refusal

from ..errors import NotYourResponse
from ..forms.free import AnswerForm
from ..models import HelpResponse
from ..permissions.free import can_edit_response
from ..queries.threads import answer_of, seen_response, thread_of
from ..services.answering import edit_response
from ..services.answering import respond as respond_to
from ..services.solving import mark_solution, unmark_solution
from .shots import Shot, brought, chosen, pins, standing
from .thread import May, member, seen_free, show_thread

HELP_RESPONSE = HelpfulVote.Content.HELP_RESPONSE


@require_POST
def respond(request: SiteRequest, request_id: UUID) -> HttpResponse:
    """Refused, the page shows everything as it was written, with the reason."""
    by = member(request)
    seen_free(request, request_id)
    form, shots, refused = AnswerForm(request.POST), list[Shot](), None
    is_valid = form.is_valid()
    try:
        shots = chosen(request)
        shots += brought(request, by)
        if is_valid:
            made = respond_to(
                request_id=request_id,
                response_text=form.cleaned_data["response_text"],
                pictures=[each.picture for each in shots],
                pins=pins(request),
                by=by,
            )
            return redirect(made)
    except Refusal as refusal:
        refused = refusal
    found = thread_of(request_id, by)
    return show_thread(request, found, form=form, shots=shots, refusal=refused, status=422)


@require_http_methods(["GET", "POST"])
def edit(request: SiteRequest, response_id: UUID) -> HttpResponse:
    """Change one's own response."""
    by = member(request)
    found = seen_response(response_id, by)
    if not can_edit_response(by, found):
        raise NotYourResponse
    if request.method == "GET":
        initial = {"response_text": found.response_text, "token": found.updated_at.isoformat()}
        return show(request, found, AnswerForm(initial=initial), standing(found.photos.select_related("upload")))
    form, shots, refused = AnswerForm(request.POST), list[Shot](), None
    is_valid = form.is_valid()
    try:
        shots = chosen(request)
        shots += brought(request, by)
        if is_valid:
            made = edit_response(
                response_id=response_id,
                response_text=form.cleaned_data["response_text"],
                pictures=[each.picture for each in shots],
                seen_at=form.seen_at(),
                by=by,
            )
            return redirect(made)
    except Refusal as refusal:
        refused = refusal
    return show(request, found, form, shots, refusal=refused, status=422)


@require_POST
def vote(request: SiteRequest, response_id: UUID) -> HttpResponse:
    """`is_helpful` is yes, no or none, which takes the vote back. HTMX gets the response anew."""
    by = member(request)
    given = request.POST.get("is_helpful", "yes")
    if given == "none":
        take_back_vote(content_type=HELP_RESPONSE, content_id=response_id, by=by)
    else:
        vote_helpful(content_type=HELP_RESPONSE, content_id=response_id, is_helpful=given != "no", by=by)
    found = seen_response(response_id, by)
    if not request.htmx:
        return redirect(found)
    context = {
        "answer": answer_of(found, by),
        "response": found,
        "asked": found.request,
        "may": May.of(by, found.request),
    }
    return render(request, "helpdesk/requests/free/_response.html", context)


@require_POST
def solution(request: SiteRequest, response_id: UUID) -> HttpResponse:
    """This solved it; with `off`, it did not after all."""
    act = unmark_solution if "off" in request.POST else mark_solution
    return redirect(act(response_id=response_id, by=member(request)))


def show(
    request: SiteRequest,
    found: HelpResponse,
    form: AnswerForm,
    shots: list[Shot],
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "asked": found.request,
        "response": found,
        "form": form,
        "shots": shots,
        "refusal": refusal,
        "numbers": settings.PEERLOOP,
    }
    return render(
        request, "helpdesk/requests/free/response.html", context, status=refusal.status if refusal else status
    )
