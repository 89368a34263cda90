"""The rows that a verb is about. The request is what is locked: in one thread everything goes one after the other."""

from uuid import UUID

from peerloop.core.accounts.models import User

from ..errors import RequestNotThere, ResponseNotThere
from ..models import HelpRequest, HelpResponse


def locked_request(request_id: UUID, by: User) -> HelpRequest:
    """A free request that `by` may see. Raises RequestNotThere."""
    rows = HelpRequest.objects.free().visible_to(by).select_for_update()
    request = rows.filter(pk=request_id).first()
    if request is None:
        raise RequestNotThere
    return request


def locked_response(response_id: UUID, by: User) -> HelpResponse:
    """A response that `by` may see, with its request, which is what is locked. Raises ResponseNotThere."""
    found = HelpResponse.objects.visible_to(by).filter(pk=response_id).values_list("request_id", flat=True).first()
    if found is None:
        raise ResponseNotThere
    try:
        request = locked_request(found, by)
    except RequestNotThere:
        raise ResponseNotThere from None
    response = HelpResponse.objects.get(pk=response_id)
    response.request = request
    return response
