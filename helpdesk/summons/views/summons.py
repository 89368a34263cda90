"""Calling for help, waiting for it, and answering a call."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from courses.models import Course, Module
from courses.permissions import is_certified
from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal, SignInNeeded

from .. import panels, queries
from ..errors import NoHelpers, NotPending, SummonsNotThere
from ..forms import SummonForm
from ..models import HelpSummons
from ..permissions import can_call_again, check_can_summon, is_party
from ..services.answering import accept_summons
from ..services.calling import cancel_summons, expire_summons, request_help
from ..services.ending import completion, end_abandoned
from ..services.offers import decline_offer
from .answers import answer, call_again, done, own_summons


@vary_on_headers("HX-Request", "HX-Target")
@require_http_methods(["GET", "POST"])
def summons(request: MemberRequest) -> HttpResponse:
    """GET: the summons that stands, or the way to one. POST: call. Needs `course`; may have `module`, `message`."""
    if not request.user.is_authenticated:
        raise SignInNeeded
    form = SummonForm(request.POST or request.GET)
    form.is_valid()
    if request.method == "POST":
        return call(request, form)
    course, module = place(request, form)
    if standing := queries.current_summons(request.user):
        return show(request, standing)
    text = form.cleaned_data.get("message", "")
    return answer(request, panels.opening(course, module, request.user, text=text))


def call(request: MemberRequest, form: SummonForm) -> HttpResponse:
    """Call at once; the service judges, so nothing is read twice. A refusal stands above the question as written."""
    status = 422
    if form.is_valid():
        asked, text = form.cleaned_data, form.data.get("message", "")
        try:
            new = request_help(course_id=asked["course"], module_id=asked["module"], message=text, by=request.user)
            return show(request, new) if request.htmx else redirect(new)
        except Refusal as refusal:
            status = refusal.status
            if not isinstance(refusal, NoHelpers):  # that one has a panel of its own
                form.add_error(None, refusal.sentence)
    course, module = place(request, form)
    context = panels.opening(course, module, request.user, text=form.data.get("message", ""), form=form)
    return answer(request, context, status=status)


def place(request: MemberRequest, form: SummonForm) -> tuple[Course, Module | None]:
    """Where help is asked for. Raises why it may not be: Http404, SummonOff, EnrolFirst."""
    course = get_object_or_404(Course, pk=form.cleaned_data.get("course"))
    check_can_summon(request.user, course)
    module_id = form.cleaned_data.get("module")
    return course, course.modules.filter(pk=module_id).first() if module_id else None


def show(request: MemberRequest, found: HelpSummons, **more: Any) -> HttpResponse:
    """The summons as it is now. One whose time is over is closed first, should the clock's own job be late."""
    if found.is_overdue and expire_summons(summons_id=found.pk):
        found = own_summons(request, found.pk)
    return answer(request, panels.panel(found, request.user, **more))


@vary_on_headers("HX-Request", "HX-Target")
@require_GET
@login_required
def session(request: MemberRequest, summons_id: UUID) -> HttpResponse:
    """A summons for its two people: a page, or the panel when HTMX asks. Other helpers are led to what still waits."""
    found = get_object_or_404(HelpSummons.objects.with_all(), pk=summons_id)
    if is_party(request.user, found):
        return show(request, found, again="again" in request.GET)
    if not is_certified(request.user, found.course):
        raise Http404
    if not found.is_pending:
        messages.info(request, "That summons is over. Thank you for looking.")
    return redirect("helper_dashboard")


@require_POST
def cancel(request: MemberRequest, summons_id: UUID) -> HttpResponse:
    """Stop waiting. Whoever was found in the same moment is shown instead."""
    own_summons(request, summons_id)
    with suppress(NotPending):
        cancel_summons(summons_id=summons_id, by=request.user)
    return done(request, summons_id)


@require_POST
def again(request: MemberRequest, summons_id: UUID) -> HttpResponse:
    """After the helper went away: end the session, offer the thanks if it was long enough, and call again."""
    if not can_call_again(request.user, own_summons(request, summons_id)):
        raise SummonsNotThere
    end_abandoned(summons_id=summons_id, by=request.user)
    found = own_summons(request, summons_id)
    if completion(found).eligible:
        return answer(request, panels.panel(found, request.user, again=True))
    return call_again(request, found)


@require_POST
def accept(request: MemberRequest, summons_id: UUID) -> HttpResponse:
    """A helper comes: on to the session."""
    if not request.user.is_authenticated:
        raise SignInNeeded
    taken = accept_summons(summons_id=summons_id, by=request.user)
    target = taken.get_absolute_url()
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)


@require_POST
def dismiss(request: MemberRequest, summons_id: UUID) -> HttpResponse:
    """A helper lets others answer; the list then shows what is left."""
    if not request.user.is_authenticated:
        raise SignInNeeded
    decline_offer(summons_id=summons_id, by=request.user)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "summon:dismissed"})
    messages.info(request, "Dismissed. Others can still answer.")
    return redirect("helper_dashboard")


@vary_on_headers("HX-Request")
@require_GET
@login_required
def incoming(request: MemberRequest) -> HttpResponse:
    """What waits for this helper now, for the dashboard to show without a reload."""
    if not request.htmx:
        return redirect("helper_dashboard")
    return render(request, "helpdesk/summons/_incoming.html", panels.incoming(request.user))
