"""The talk of the two, for as long as it lasts."""

from collections.abc import Iterable
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from peerloop.core.accounts.models import User
from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal
from peerloop.core.uploads.services import store_image

from ...sessions.queries import messages_of
from ...sessions.services.messages import post_session_message
from .. import panels
from ..errors import NotConnected
from ..forms import TalkForm
from ..models import HelpSummons
from ..services.ending import complete_summons
from .answers import answer, done, own_summons


def connected(request: MemberRequest, summons_id: UUID) -> HelpSummons:
    found = own_summons(request, summons_id)
    if found.session is None:
        raise NotConnected
    return found


@require_POST
def messages(request: MemberRequest, summons_id: UUID) -> HttpResponse:
    """Say something, with pictures or without; what is refused is still in the form."""
    found = connected(request, summons_id)
    form, status = TalkForm(request.POST), 400
    if form.is_valid():
        try:
            say(found, form, request.FILES.getlist("pictures"), request.user)
            return said(request, found)
        except Refusal as refusal:
            form.add_error("content", refusal.sentence)
            status = refusal.status
    context = panels.panel(found, request.user, form=form)
    if not request.htmx:
        return answer(request, context, status=status)
    # The same sending again must be the same message, should the first have come through after all.
    kept = {**context, "client_id": form.cleaned_data.get("client_id") or context.get("client_id"), "focused": True}
    return render(request, "helpdesk/sessions/_send.html", kept, status=status)


def say(found: HelpSummons, form: TalkForm, pictures: Iterable[UploadedFile], by: User) -> None:
    uploads = [store_image(file=each, by=by) for each in pictures]  # type: ignore[arg-type]
    given = form.cleaned_data
    post_session_message(
        session_id=found.pk,
        content=given["content"],
        client_id=given["client_id"],
        attachment_ids=[each.pk for each in uploads],
        by=by,
    )


def said(request: MemberRequest, found: HelpSummons) -> HttpResponse:
    if not request.htmx:
        return redirect(found)
    context = {**panels.panel(found, request.user), "focused": True}
    answered = render(request, "helpdesk/sessions/_send.html", context)
    answered["HX-Trigger"] = "summon:said"
    return answered


@require_GET
def changes(request: MemberRequest, summons_id: UUID) -> HttpResponse:
    """What was said since a version, and how far the other one has read."""
    found = connected(request, summons_id)
    since = request.GET.get("since", "")
    version = int(since) if since.isascii() and since.isdigit() and len(since) < 19 else 0
    context = {
        "session": found.session,
        "said": messages_of(found.pk, since=version),
        "read_number": panels.read_by_other(found, request.user),
    }
    return render(request, "helpdesk/sessions/_news.html", context)


@require_POST
def end(request: MemberRequest, summons_id: UUID) -> HttpResponse:
    """End the session. Ending it again shows the same."""
    connected(request, summons_id)
    complete_summons(summons_id=summons_id, by=request.user)
    return done(request, summons_id)
