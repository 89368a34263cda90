"""What the doors of both kinds of sessions share: writing in a talk, and reading what is new in it.

Who may come in, and which page stands around the talk, is each kind's own.
"""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal
from peerloop.core.uploads.services import store_image

from .forms import TalkForm
from .models import HelpSession
from .panels import Addresses, Context, read_by_other
from .queries import messages_of
from .services.messages import post_session_message


def post(request: MemberRequest, session_id: UUID) -> tuple[TalkForm, int]:
    """Say what was sent, with its pictures; returns the form with what is refused, and the status to answer with."""
    form = TalkForm(request.POST)
    if not form.is_valid():
        return form, 400
    try:
        uploads = [store_image(file=each, by=request.user) for each in request.FILES.getlist("pictures")]  # type: ignore[arg-type]
        attachment_ids = [each.pk for each in uploads]
        post_session_message(session_id=session_id, attachment_ids=attachment_ids, by=request.user, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("content", refusal.sentence)
        return form, refusal.status
    return form, 200


def said(request: MemberRequest, context: Context) -> HttpResponse:
    """An empty form in place of the one that was sent; the page then asks what is new."""
    answered = render(request, "helpdesk/sessions/_send.html", {**context, "focused": True})
    answered["HX-Trigger"] = "summon:said"
    return answered


def refused(request: MemberRequest, context: Context, *, status: int) -> HttpResponse:
    """The form with what was refused."""
    return render(request, "helpdesk/sessions/_send.html", {**context, "focused": True}, status=status)


def news(request: MemberRequest, session: HelpSession, at: Addresses) -> HttpResponse:
    """What was said since a version, and how far the other one has read."""
    since = request.GET.get("since", "")
    version = int(since) if since.isascii() and since.isdigit() and len(since) < 19 else 0
    context = {
        "session": session,
        "said": messages_of(session.pk, since=version),
        "read_number": read_by_other(session, request.user),
        "at": at,
    }
    return render(request, "helpdesk/sessions/_news.html", context)
