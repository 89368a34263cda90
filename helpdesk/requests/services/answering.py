"""Responding to a free request."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from goodwill.services import recount_votes
from peerloop.core.accounts.models import User
from peerloop.core.limits import at_most

from ..errors import ChangedMeanwhile, NotYourResponse, RequestClosed
from ..models import HelpRequest, HelpResponse
from ..permissions.free import can_edit_response
from . import wording
from .news import tell_changed, tell_responded
from .pictures import Picture, hang_response_photos
from .pinning import Pin, set_pins
from .reading import locked_request, locked_response

HOUR = 3600


@transaction.atomic
def respond(
    *,
    request_id: UUID,
    response_text: str,
    by: User,
    pictures: Sequence[Picture] = (),
    pins: Sequence[Pin] = (),
) -> HelpResponse:
    """Answer a free request, with photos and marks on the photos of the request. Its state stays what it is.

    The same words again within PEERLOOP.SAME_WORDS_MINUTES give the response that stands. Raises RequestNotThere,
    RequestClosed, Muted, TooFast, ResponseMissing, TextTooLong, ForbiddenCharacters, and what refuses photos and marks.
    """
    request = locked_request(request_id, by)
    wording.check_may_write(by)
    if request.status == HelpRequest.Status.CLOSED:
        raise RequestClosed
    text = wording.answer(response_text)
    if standing := _said_before(request, text, by):
        return standing
    at_most("help response", by.pk, times=settings.PEERLOOP.RESPONSES_AN_HOUR, seconds=HOUR)
    response = HelpResponse.objects.create(request=request, responder=by, response_text=text)
    hang_response_photos(response, pictures, by=by)
    set_pins(request, pins, response=response, by=by)
    recount_votes(content_type="help_response", content_ids=[response.pk], by=by)
    tell_responded(response)
    tell_changed(request)
    return response


@transaction.atomic
def edit_response(
    *,
    response_id: UUID,
    response_text: str,
    by: User,
    pictures: Sequence[Picture] | None = None,
    seen_at: datetime | None = None,
) -> HelpResponse:
    """Change one's own response, and its photos if any are given. The same again changes nothing.

    Raises ResponseNotThere, NotYourResponse, ChangedMeanwhile, and what `respond` refuses.
    """
    response = locked_response(response_id, by)
    if not can_edit_response(by, response):
        raise NotYourResponse
    wording.check_may_write(by)
    if seen_at and seen_at != response.updated_at:
        raise ChangedMeanwhile
    text = wording.answer(response_text)
    if pictures is not None:
        hang_response_photos(response, pictures, by=by)
    if text != response.response_text:
        response.response_text, response.updated_at = text, timezone.now()
        response.save(update_fields=["response_text", "updated_at"])
    tell_changed(response.request)
    return response


def _said_before(request: HelpRequest, text: str, by: User) -> HelpResponse | None:
    since = timezone.now() - timedelta(minutes=settings.PEERLOOP.SAME_WORDS_MINUTES)
    return request.responses.filter(responder=by, response_text=text, created_at__gte=since).first()
