"""Marks that somebody sets on photos of their own request. Who answers sends marks along with the response."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from peerloop.core.accounts.requests import SiteRequest
from peerloop.core.conversations.errors import ForbiddenCharacters
from peerloop.core.errors import Refusal

from ..errors import CaptionTooLong
from ..forms.free import MarkForm
from ..models import RequestPhoto
from ..queries.threads import thread_of
from ..services.pinning import pin_photo, remove_pin
from .thread import member, own_address, seen_free, show_thread

# Which refusals are about the words of a mark; any other is about its place.
ABOUT_NOTE = (CaptionTooLong, ForbiddenCharacters)


@require_POST
def mark(request: SiteRequest, request_id: UUID, photo_id: UUID) -> HttpResponse:
    """Mark `left` and `top`, in hundredths, with a `note`. Refused, it stands in its form again, with the reason."""
    by = member(request)
    seen_free(request, request_id)
    form = MarkForm(request.POST)
    try:
        return at(pin_photo(pin=form.pin(photo_id), by=by).photo)
    except Refusal as refusal:
        marking = {"photo_id": photo_id, "form": form, "on_note": isinstance(refusal, ABOUT_NOTE)}
        return show_thread(request, thread_of(request_id, by), marking=marking, refusal=refusal, beside="mark")


@require_POST
def unmark(request: SiteRequest, request_id: UUID, pin_id: UUID) -> HttpResponse:
    by = member(request)
    seen_free(request, request_id)
    try:
        return at(remove_pin(pin_id=pin_id, by=by))
    except Refusal as refusal:
        return show_thread(request, thread_of(request_id, by), refusal=refusal)


def at(photo: RequestPhoto) -> HttpResponse:
    """Back to the photo on the page of its request."""
    return redirect(f"{own_address(photo.request)}#photo-{photo.place}")
