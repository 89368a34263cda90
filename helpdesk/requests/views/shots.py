"""Photos and marks as forms hold them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from uuid import UUID

from peerloop.core.accounts.models import User
from peerloop.core.accounts.requests import SiteRequest
from peerloop.core.uploads.models import Upload
from peerloop.core.uploads.services import store_image

from ..errors import PhotoNotThere, PhotoNotYours
from ..models import RequestDraft, RequestPhoto, ResponsePhoto
from ..queries.threads import pictures_of_draft
from ..services.pictures import Picture
from ..services.pinning import Pin


@dataclass(frozen=True)
class Shot:
    """A photo in a form, with what is written to it there."""

    upload: Upload
    caption: str = ""
    kind: str = ""

    @property
    def picture(self) -> Picture:
        return Picture(self.upload.pk, self.caption, self.kind)


def standing(photos: Iterable[RequestPhoto | ResponsePhoto]) -> list[Shot]:
    """Photos that hang already."""
    return [Shot(each.upload, each.caption, getattr(each, "kind", "")) for each in photos]


def drafted(draft: RequestDraft) -> list[Shot]:
    return [_shot(upload, draft.form) for upload in pictures_of_draft(draft)]


def chosen(request: SiteRequest) -> list[Shot]:
    """Photos that the page has uploaded while the form was filled. Raises PhotoNotYours."""
    ids = [_id(each) for each in request.POST.getlist("photo")]
    found = Upload.objects.in_bulk(ids)
    if len(found) < len(set(ids)):
        raise PhotoNotYours
    return [_shot(found[each], request.POST) for each in ids]


def brought(request: SiteRequest, by: User) -> list[Shot]:
    """Photos that came along as files, from a page without scripts, stored now. Raises what `store_image` does."""
    return [Shot(store_image(file=cast("BinaryIO", each), by=by)) for each in request.FILES.getlist("files")]


def pins(request: SiteRequest) -> list[Pin]:
    """Marks set on the photos of the request, as the page's script wrote them down. Raises PhotoNotThere."""
    try:
        rows = json.loads(request.POST.get("pins") or "[]")
        return [_pin(**each) for each in rows]
    except (ValueError, TypeError):
        raise PhotoNotThere from None


def _pin(photo_id: str, x: float, y: float, note: str = "") -> Pin:
    return Pin(photo_id=UUID(photo_id), x=float(x), y=float(y), note=str(note))


def _shot(upload: Upload, form: Any) -> Shot:
    return Shot(upload, str(form.get(f"caption-{upload.pk}", "")), str(form.get(f"kind-{upload.pk}", "")))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise PhotoNotYours from None
