"""Reporting a message of a session to the moderators."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal, SignInNeeded
from peerloop.core.moderation.models import Flag
from peerloop.core.moderation.services import flag_item

from ...sessions.models import SessionMessage
from .. import panels
from ..forms import ReportForm
from ..models import HelpSummons
from ..moderation import SESSION_MESSAGE, may_see
from .answers import answer, own_summons

REPORTED = "Reported. A moderator will look at it."


@require_http_methods(["GET", "POST"])
def report(request: MemberRequest, message_id: UUID) -> HttpResponse:
    """GET asks what is wrong with a message; POST tells the moderators. The other one of the session hears nothing."""
    if not request.user.is_authenticated:
        raise SignInNeeded
    found = get_object_or_404(SessionMessage.objects.select_related("author", "session"), pk=message_id)
    summons = own_summons(request, found.session_id)
    if not may_see(request.user, found):
        return redirect(summons)
    form, status = ReportForm(request.POST or None), 200
    form.fields["reason"].choices = Flag.Reason.choices  # type: ignore[attr-defined]
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                flag_item(kind=SESSION_MESSAGE, item_id=message_id, by=request.user, **form.cleaned_data)
                return reported(request, summons)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
                status = refusal.status
    return ask(request, summons, {"message": found, "form": form}, status)


def ask(request: MemberRequest, summons: HelpSummons, given: panels.Context, status: int) -> HttpResponse:
    if request.htmx:
        return render(request, "helpdesk/sessions/_report_dialog.html", given, status=status)
    context = {**panels.panel(summons, request.user), **given, "body": "helpdesk/sessions/_report_page.html"}
    return answer(request, context, status=status)


def reported(request: MemberRequest, summons: HelpSummons) -> HttpResponse:
    if request.htmx:
        return trigger_client_event(HttpResponse(), "toast", {"text": REPORTED})
    messages.success(request, REPORTED)
    return redirect(summons)
