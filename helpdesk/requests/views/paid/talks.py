"""What the two of a paid session write to each other, on the page of each."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from peerloop.core.accounts.requests import MemberRequest

from ....sessions.forms import TalkForm
from ....sessions.models import SessionMessage
from ....sessions.views import news, post, refused, said
from ... import panels
from ...queries.paid import Talk
from ..acts import report
from .sessions import own_talk, page_of, show_page


@require_POST
@login_required
def messages(request: MemberRequest, session_id: UUID) -> HttpResponse:
    """Say something, with pictures or without; what is refused is still in the form."""
    found = own_talk(request, session_id)
    form, status = post(request, session_id)
    if status == 200:
        return said(request, here(found)) if request.htmx else redirect(page_of(found))
    if not request.htmx:
        return show_page(request, found, form=form, status=status)
    return refused(request, here(found, form), status=status)


@require_GET
@login_required
def changes(request: MemberRequest, session_id: UUID) -> HttpResponse:
    """What was said since a version, and how far the other one has read."""
    found = own_talk(request, session_id)
    return news(request, found.session, panels.talk_at(found))


@require_http_methods(["GET", "POST"])
@login_required
def report_message(request: MemberRequest, message_id: UUID) -> HttpResponse:
    """GET asks what is wrong with a message; POST tells the moderators. The other one hears nothing."""
    message = get_object_or_404(SessionMessage.objects.visible_to(request.user), pk=message_id)
    back = page_of(own_talk(request, message.session_id))
    if message.is_gone:
        return redirect(back)
    return report(request, "session_message", message_id, message.content, back)


def here(found: Talk, form: TalkForm | None = None) -> panels.Context:
    return panels.talk(found, **panels.written(found, form=form))
