"""What moderation does to requests and responses, and what an account that goes leaves behind."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from goodwill.services import recount_votes
from peerloop.core.accounts.models import User

from ..errors import RequestNotThere, ResponseNotThere
from ..models import HelpRequest, HelpResponse
from .assigning import leave_open
from .drafts import discard_draft
from .editing import count_responses
from .news import tell_changed, tell_experts, withdraw_from_outsiders, withdraw_response


@transaction.atomic
def set_request_hidden(*, request_id: UUID, hidden: bool, by: User) -> HelpRequest:
    """Moderation hides a request, or shows it again. Repeating it changes nothing. Raises RequestNotThere."""
    request = HelpRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        raise RequestNotThere
    if bool(request.hidden_at) != hidden:
        request.hidden_at = timezone.now() if hidden else None
        request.save(update_fields=["hidden_at"])
        count_responses(request, by)
        if hidden:
            withdraw_from_outsiders(request)
        elif not request.is_paid:
            tell_experts(request)
            tell_changed(request)
    return request


@transaction.atomic
def set_response_hidden(*, response_id: UUID, hidden: bool, by: User) -> HelpResponse:
    """The same for a response; its votes and its being a solution wait with it. Raises ResponseNotThere."""
    thread = HelpRequest.objects.filter(responses=response_id)
    # The request first, as everybody does: two who lock the same rows in another order wait for each other for ever.
    request = thread.select_for_update(of=("self",)).first()
    if request is None:
        raise ResponseNotThere
    response = HelpResponse.objects.get(pk=response_id)
    if bool(response.hidden_at) != hidden:
        response.hidden_at = timezone.now() if hidden else None
        response.save(update_fields=["hidden_at"])
        recount_votes(content_type="help_response", content_ids=[response.pk], by=by)
        if hidden:
            withdraw_response(response)
        tell_changed(request)
    return response


@transaction.atomic
def forget_person(*, user: User) -> None:
    """The account goes, and its draft; what the person asked and answered stays readable. Again is harmless."""
    discard_draft(by=user)
    free_taken_requests(user=user)


@transaction.atomic
def free_taken_requests(*, user: User) -> None:
    """A closed account takes care of nothing: its free requests are open again. Again is harmless."""
    taken = HelpRequest.objects.free().live().filter(assigned_helper=user)
    for request in taken.select_for_update().order_by("pk"):
        leave_open(request)
