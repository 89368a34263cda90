"""After the session: points for the helper, or none."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import retarget, trigger_client_event

from goodwill.services import award_points
from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal

from .. import panels
from ..errors import NotOverYet, SummonsNotThere
from ..forms import ThanksForm
from ..models import HelpSummons
from ..services.thanks import SUMMON_HELP
from .answers import answer, call_again, done, own_summons


def settled(request: MemberRequest, summons_id: UUID) -> HelpSummons:
    """A completed summons, for its student."""
    found = own_summons(request, summons_id)
    if found.student_id != request.user.pk or found.responder_id is None:
        raise SummonsNotThere
    if not found.is_completed:
        raise NotOverYet
    return found


@require_POST
def thanks(request: MemberRequest, summons_id: UUID) -> HttpResponse:
    """Give the points; a refusal stands in the form, with the points as they were chosen."""
    found = settled(request, summons_id)
    form, status = ThanksForm(request.POST), 422
    if form.is_valid():
        try:
            give(found, form.cleaned_data["points"], request)
            return call_again(request, found) if "again" in request.POST else done(request, summons_id)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status
    return answer(request, panels.panel(found, request.user, form=form, again="again" in request.POST), status=status)


def give(found: HelpSummons, points: int, request: MemberRequest) -> None:
    award_points(
        by=request.user,
        recipient_id=found.responder_id,  # type: ignore[arg-type]
        points=points,
        reason=SUMMON_HELP.name,
        reference_id=found.pk,
    )


@require_http_methods(["GET", "POST"])
def skip(request: MemberRequest, summons_id: UUID) -> HttpResponse:
    """GET asks whether to give nothing; POST lets go, and closes the dialog or leads back to the course."""
    found = settled(request, summons_id)
    if request.method == "POST":
        return let_go(request, found)
    context = panels.panel(found, request.user, again="again" in request.GET)
    return answer(request, {**context, "body": "helpdesk/summons/_skip.html"})


def let_go(request: MemberRequest, found: HelpSummons) -> HttpResponse:
    if "again" in request.POST:
        return call_again(request, found)
    panels.remember_skip(found)
    back = panels.panel(found, request.user)["back"]
    if not request.htmx:
        return redirect(back)
    answered = render(request, "helpdesk/pieces/_pill.html")  # nothing is left to remind of
    retarget(answered, "#summon-pill")
    return trigger_client_event(answered, "summon:close", {"back": back})
