"""What is done to a whole free request: assigned, taken, given back, closed, opened again, rated, reported."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from peerloop.core.accounts.models import User
from peerloop.core.accounts.requests import SiteRequest
from peerloop.core.errors import Refusal
from peerloop.core.moderation.services import flag_item

from ..errors import NobodyOfThatName, NoSuchHelper
from ..forms.free import ReportForm
from ..forms.rating import RatingForm
from ..models import HelpRequest
from ..queries.threads import seen_response, thread_of
from ..services.assigning import assign_helper, release_request, take_request
from ..services.solving import close_request, rate_help, reopen_request
from .thread import member, own_address, seen_free, show_thread

Act = Callable[[User], HelpRequest]
REPORTED = "Reported. A moderator will look at it."
THANKS = "Thank you for saying how it was."


@require_POST
def assign(request: SiteRequest, request_id: UUID) -> HttpResponse:
    """The requester chooses a `helper` among the responders; staff give the `username` of anybody (REC-89)."""

    def act(by: User) -> HelpRequest:
        return assign_helper(request_id=request_id, helper_id=_helper_id(request), by=by)

    return done(request, request_id, act, beside="assign")


@require_POST
def take(request: SiteRequest, request_id: UUID) -> HttpResponse:
    return done(request, request_id, lambda by: take_request(request_id=request_id, by=by))


@require_POST
def release(request: SiteRequest, request_id: UUID) -> HttpResponse:
    return done(request, request_id, lambda by: release_request(request_id=request_id, by=by))


@require_POST
def close(request: SiteRequest, request_id: UUID) -> HttpResponse:
    """With `resolved` it is, without one response that did it."""
    resolved = "resolved" in request.POST
    return done(request, request_id, lambda by: close_request(request_id=request_id, resolved=resolved, by=by))


@require_POST
def reopen(request: SiteRequest, request_id: UUID) -> HttpResponse:
    return done(request, request_id, lambda by: reopen_request(request_id=request_id, by=by))


@require_POST
def rate(request: SiteRequest, request_id: UUID) -> HttpResponse:
    """How the help was, 1 to 5; what is refused stays in the form on the request's page."""
    by, form = member(request), RatingForm(request.POST)
    found = seen_free(request, request_id)
    is_valid = form.is_valid()
    try:
        given = form.cleaned_data
        rate_help(request_id=request_id, rating=given.get("rating", 0), words=given.get("words"), by=by)
        messages.success(request, THANKS)
        return redirect(own_address(found))
    except Refusal as refusal:
        if is_valid:
            form.add_error(None, refusal.sentence)
        return show_thread(request, thread_of(request_id, by), rating=form, refusal=refusal, beside="rating")


@require_http_methods(["GET", "POST"])
def report_request(request: SiteRequest, request_id: UUID) -> HttpResponse:
    member(request)
    found = seen_free(request, request_id)
    return report(request, "help_request", found.pk, found.title, own_address(found))


@require_http_methods(["GET", "POST"])
def report_response(request: SiteRequest, response_id: UUID) -> HttpResponse:
    found = seen_response(response_id, member(request))
    return report(request, "help_response", found.pk, found.response_text, found.get_absolute_url())


def report(request: SiteRequest, kind: str, item_id: UUID, text: str, back: str) -> HttpResponse:
    """GET asks what is wrong; POST tells the moderators."""
    form, status = ReportForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                flag_item(kind=kind, item_id=item_id, by=member(request), **form.cleaned_data)
                messages.success(request, REPORTED)
                return redirect(back)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
                status = refusal.status
    context = {"text": text, "form": form, "back": back}
    return render(request, "helpdesk/requests/free/report.html", context, status=status)


def done(request: SiteRequest, request_id: UUID, act: Act, *, beside: str = "") -> HttpResponse:
    """Back to the request; a refusal stands on its page, beside the form that was sent or on top."""
    by = member(request)
    seen_free(request, request_id)
    try:
        return redirect(own_address(act(by)))
    except Refusal as refusal:
        return show_thread(request, thread_of(request_id, by), refusal=refusal, beside=beside)


def _helper_id(request: SiteRequest) -> UUID:
    if name := request.POST.get("username", "").strip().lstrip("@"):
        return _person_of(name)
    try:
        return UUID(request.POST.get("helper", ""))
    except ValueError:
        raise NoSuchHelper from None


def _person_of(name: str) -> UUID:
    found = User.objects.people().filter(username=name.lower()).first()
    if found is None:
        raise NobodyOfThatName(name=name)
    return found.pk
