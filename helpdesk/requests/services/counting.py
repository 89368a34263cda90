"""Votes on responses: what is locked, what a response is evidence of, and where the counts stand."""

from uuid import UUID

from django.conf import settings
from django.db.models import Sum

from goodwill.areas import Area
from peerloop.core.accounts.models import User

from ..models import HelpRequest, HelpResponse
from .news import tell_changed


def locked_for_vote(response_id: UUID) -> HelpResponse | None:
    """The response with its request, whose row is locked: all votes in a thread are counted one after the other."""
    request = HelpRequest.objects.select_for_update(of=("self",)).filter(responses=response_id).first()
    if request is None:
        return None
    response = HelpResponse.objects.get(pk=response_id)
    response.request = request
    return response


def may_see(user: User, response: HelpResponse) -> bool:
    return HelpResponse.objects.visible_to(user).filter(pk=response.pk).exists()


def area_of(response: HelpResponse) -> Area | None:
    """What somebody else's question shows of what the responder knows; one's own shows nothing."""
    request = response.request
    if response.hidden_at or request.hidden_at or response.responder_id == request.requester_id:
        return None
    return Area.of(request.category, request.subcategory)


def worth_of(response: HelpResponse) -> int:
    product = settings.PEERLOOP
    return product.REPUTATION_SOLUTION if response.is_solution else 0


def store_count(response: HelpResponse, helpful: int) -> None:
    """The response's helpful votes; those of the request are the sum over its responses that can be seen (REC-92)."""
    request = response.request
    if response.helpful_count != helpful:
        tell_changed(request)
    HelpResponse.objects.filter(pk=response.pk).update(helpful_count=helpful)
    response.helpful_count = helpful
    total = request.responses.filter(hidden_at=None).aggregate(total=Sum("helpful_count"))["total"] or 0
    HelpRequest.objects.filter(pk=request.pk).update(helpful_count=total)
    request.helpful_count = total
