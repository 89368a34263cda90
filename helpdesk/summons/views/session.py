"""The talk of the two, for as long as it lasts."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from peerloop.core.accounts.requests import MemberRequest

from ...sessions.views import news, post, refused, said
from .. import panels
from ..errors import NotConnected
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
    form, status = post(request, summons_id)
    if status == 200:
        return said(request, panels.panel(found, request.user)) if request.htmx else redirect(found)
    context = panels.panel(found, request.user, form=form)
    if not request.htmx:
        return answer(request, context, status=status)
    return refused(request, context, status=status)


@require_GET
def changes(request: MemberRequest, summons_id: UUID) -> HttpResponse:
    """What was said since a version, and how far the other one has read."""
    found = connected(request, summons_id)
    return news(request, found.session, panels.talk_at(found))  # type: ignore[arg-type]


@require_POST
def end(request: MemberRequest, summons_id: UUID) -> HttpResponse:
    """End the session. Ending it again shows the same."""
    connected(request, summons_id)
    complete_summons(summons_id=summons_id, by=request.user)
    return done(request, summons_id)
