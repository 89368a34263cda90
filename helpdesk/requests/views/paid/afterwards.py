"""The customer says afterwards how the help was, and what went wrong."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal

from ... import panels
from ...forms.paid import ProblemForm
from ...forms.rating import RatingForm
from ...queries.paid import Talk, payment_of
from ...services.problems import report_problem
from ...services.solving import rate_help
from ..acts import THANKS
from .sessions import own_talk, page_of, show_page


@require_http_methods(["GET", "POST"])
@login_required
def problem(request: MemberRequest, session_id: UUID) -> HttpResponse:
    """GET: the form, as long as there is something to report. POST: report; what is refused stays in the form."""
    found = own_talk(request, session_id, as_helper=False)
    form = ProblemForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            report_problem(session_id=session_id, by=request.user, **form.cleaned_data)
            messages.success(request, "Reported. We read it and decide; the bell tells you.")
            return redirect(page_of(found))
        except Refusal as refusal:
            form.add_error("text", refusal.sentence)
            return ask(request, found, form, status=refusal.status)
    return ask(request, found, form, status=422 if form.errors else 200)


def ask(request: MemberRequest, found: Talk, form: ProblemForm, *, status: int) -> HttpResponse:
    until = panels.reportable_until(found, payment_of(found.request.pk))
    if not form.is_bound and (found.problem or until is None):
        return redirect(page_of(found))
    context = {"talk": found, "other": found.other, "form": form, "until": until, "back": page_of(found)}
    return render(request, "helpdesk/requests/paid/problem.html", context, status=status)


@require_POST
@login_required
def rating(request: MemberRequest, session_id: UUID) -> HttpResponse:
    """How the help was, 1 to 5; what is refused stays in the form on the session's page."""
    found = own_talk(request, session_id, as_helper=False)
    form = RatingForm(request.POST)
    if form.is_valid():
        try:
            rate_help(request_id=found.request.pk, by=request.user, **form.cleaned_data)
            messages.success(request, THANKS)
            return redirect(page_of(found))
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return show_page(request, found, rating=form, status=refusal.status)
    return show_page(request, found, rating=form, status=422)
