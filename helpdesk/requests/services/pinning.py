"""Numbered marks on the photos of a request: "here", by who asks and by who answers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from math import isfinite
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max

from peerloop.core.accounts.models import User

from ..errors import NotYourRequest, PhotoNotThere, PinNotThere, PinOutside, TooManyPins
from ..models import HelpRequest, HelpResponse, PhotoPin, RequestPhoto
from ..permissions.free import can_edit, can_remove_pin
from .news import tell_changed
from .reading import locked_request
from .wording import caption, check_may_write


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A place on a photo: shares of its width and height, from the upper left corner."""

    photo_id: UUID
    x: float
    y: float
    note: str = ""


@transaction.atomic
def pin_photo(*, pin: Pin, by: User) -> PhotoPin:
    """Mark a place on a photo of one's own request; the next number is its. Again sets another one.

    Raises PhotoNotThere, NotYourRequest, PinOutside, TooManyPins, CaptionTooLong, Muted.
    Who responds sends marks along with the response.
    """
    seen = RequestPhoto.objects.filter(pk=pin.photo_id, request__in=HelpRequest.objects.visible_to(by).values("pk"))
    request_id = seen.values_list("request_id", flat=True).first()
    if request_id is None:
        raise PhotoNotThere
    request = locked_request(request_id, by)
    if not can_edit(by, request):
        raise NotYourRequest
    check_may_write(by)
    tell_changed(request)
    return set_pins(request, [pin], response=None, by=by)[0]


@transaction.atomic
def remove_pin(*, pin_id: UUID, by: User) -> RequestPhoto:
    """Take a mark away from the photo that is returned; the others keep their numbers.

    A second time raises PinNotThere, as it does for strangers.
    """
    pin = PhotoPin.objects.select_related("photo__request").filter(pk=pin_id).first()
    if pin is None or not can_remove_pin(by, pin):
        raise PinNotThere
    pin.delete()
    tell_changed(pin.photo.request)
    return pin.photo


def set_pins(request: HelpRequest, pins: Sequence[Pin], *, response: HelpResponse | None, by: User) -> list[PhotoPin]:
    """Set these marks, in a transaction of the caller that holds the request's lock."""
    rows = []
    photos = _photos(request) if pins else {}
    for pin in pins:
        number, count = photos.get(pin.photo_id, (None, 0))
        if number is None:
            raise PhotoNotThere
        if count >= settings.PEERLOOP.PINS_PER_PHOTO:
            raise TooManyPins(limit=settings.PEERLOOP.PINS_PER_PHOTO)
        if not all(isfinite(share) and 0 <= share <= 1 for share in (pin.x, pin.y)):
            raise PinOutside
        photos[pin.photo_id] = (number + 1, count + 1)
        about = asdict(replace(pin, note=caption(pin.note)))
        rows.append(PhotoPin(**about, response=response, by=by, number=number + 1))
    return PhotoPin.objects.bulk_create(rows)


def _photos(request: HelpRequest) -> dict[UUID, tuple[int, int]]:
    """The photos of the request: the highest number on each, and how many marks."""
    rows = request.photos.order_by("pk").annotate(last=Max("pins__number"), count=Count("pins"))
    return {pk: (last or 0, count) for pk, last, count in rows.values_list("pk", "last", "count")}
