"""What every view of a summons needs: who may see it, and how it is answered."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import SignInNeeded

from ..errors import NoHelpers, SummonsNotThere
from ..models import HelpSummons
from ..panels import opening, panel
from ..permissions import is_party
from ..services.calling import request_help

PANEL = "summon"


def own_summons(request: MemberRequest, summons_id: UUID) -> HelpSummons:
    """The summons with everything shown of it, for its two people; nobody else learns that it is there."""
    if not request.user.is_authenticated:
        raise SignInNeeded
    found = HelpSummons.objects.with_all().filter(pk=summons_id).first()
    if found is None or not is_party(request.user, found):
        raise SummonsNotThere
    return found


def answer(request: MemberRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The panel by itself, in a dialog, or on a page of its own, as it was asked for."""
    if not request.htmx:
        template = "helpdesk/summons/page.html"
    else:
        template = f"helpdesk/summons/{'_swapped' if request.htmx.target == PANEL else '_modal'}.html"
    return render(request, template, context, status=status)


def done(request: MemberRequest, summons_id: UUID, **more: Any) -> HttpResponse:
    """After something was done: the panel as it is now; a plain form is led to the page that shows it."""
    found = own_summons(request, summons_id)
    return answer(request, panel(found, request.user, **more)) if request.htmx else redirect(found)


def call_again(request: MemberRequest, found: HelpSummons) -> HttpResponse:
    """Another summons like this one; when nobody is there, the panel that says so."""
    module_id = found.module_id if found.module else None
    try:
        new = request_help(course_id=found.course_id, module_id=module_id, message=found.message, by=request.user)
    except NoHelpers as refusal:
        context = opening(found.course, found.module, request.user, text=found.message)
        return answer(request, context, status=refusal.status)
    return done(request, new.pk)
