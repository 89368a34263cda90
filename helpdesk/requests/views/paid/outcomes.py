"""The helper ends the session by saying how it went."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal

from ... import panels
from ...errors import NotesTooLong
from ...forms.paid import OutcomeForm
from ...queries.paid import Talk
from ...services.holding import complete_session
from .sessions import own_talk

SAVED = "Saved. Thank you for helping."


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "POST"])
@login_required
def outcome(request: MemberRequest, session_id: UUID) -> HttpResponse:
    """GET: the form, in a dialog over the session or on a page of its own. It can be left without saving."""
    found = own_talk(request, session_id, as_helper=True)
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return complete(request, found, form)
    if request.method == "GET" and not found.session.is_active:
        return redirect("helper_session", session_id)
    return ask(request, found, form, status=422 if form.errors else 200)


def complete(request: MemberRequest, found: Talk, form: OutcomeForm) -> HttpResponse:
    try:
        complete_session(session_id=found.session.pk, by=request.user, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("notes" if isinstance(refusal, NotesTooLong) else None, refusal.sentence)
        return ask(request, found, form, status=refusal.status)
    messages.success(request, SAVED)
    return redirect("helper_dashboard")


def ask(request: MemberRequest, found: Talk, form: OutcomeForm, *, status: int) -> HttpResponse:
    name = "_outcome_dialog" if request.htmx else "outcome"
    return render(request, f"helpdesk/requests/paid/{name}.html", panels.outcome(found, form), status=status)
