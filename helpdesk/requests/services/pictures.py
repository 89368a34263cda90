"""Photos of a request or a response: which uploads they are, in which order, and with what words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.db.models import F

from peerloop.core.accounts.models import User
from peerloop.core.uploads.models import Upload

from .. import errors
from ..models import HelpRequest, HelpResponse, RequestDraft, RequestPhoto, ResponsePhoto
from .wording import caption

# Photos that change places first step far aside, so that no two ever stand in one place.
ASIDE = 1000


@dataclass(frozen=True)
class Picture:
    """An upload that was made before; `kind` is before, after, or nothing."""

    upload_id: UUID
    caption: str = ""
    kind: str = ""


def hang_request_photos(request: HelpRequest, pictures: Sequence[Picture], *, by: User) -> None:
    """Make these the photos of `request`, in this order; others go. The caller holds the request's lock.

    Raises TooManyPhotos, PhotoTwice, PhotoNotYours, CaptionTooLong, UnknownPhotoKind, ForbiddenCharacters.
    """
    standing = {photo.upload_id: photo for photo in request.photos.all()}
    wanted = _checked(pictures, standing, by)
    _take_down(standing, wanted)
    request.photos.update(place=F("place") + ASIDE)
    for place, picture in enumerate(wanted, start=1):
        row = standing.get(picture.upload_id) or RequestPhoto(request=request, upload_id=picture.upload_id)
        row.place, row.caption, row.kind = place, picture.caption, picture.kind
        row.save()


def hang_response_photos(response: HelpResponse, pictures: Sequence[Picture], *, by: User) -> None:
    """The same for a response. The caller holds the lock of its request."""
    standing = {photo.upload_id: photo for photo in response.photos.all()}
    wanted = _checked(pictures, standing, by)
    _take_down(standing, wanted)
    response.photos.update(place=F("place") + ASIDE)
    for place, picture in enumerate(wanted, start=1):
        row = standing.get(picture.upload_id) or ResponsePhoto(response=response, upload_id=picture.upload_id)
        row.place, row.caption = place, picture.caption
        row.save()


def take_uploads(ids: Collection[UUID], *, by: User) -> None:
    """Let these uploads of `by` belong to something from now on. Raises PhotoNotYours.

    Free are those that belong to nothing, and those that wait in the person's own draft. Locked, so that of two that
    want the same picture one is refused, and the sweep of forgotten pictures passes them by.
    """
    if not ids:
        return
    draft = RequestDraft.objects.filter(person=by).first()
    waiting = {UUID(each) for each in draft.upload_ids} if draft else set()
    mine = list(Upload.objects.select_for_update().filter(pk__in=ids, owner=by).order_by("pk"))
    if len([each for each in mine if each.attached_at is None or each.pk in waiting]) != len(ids):
        raise errors.PhotoNotYours
    Upload.objects.mark_attached(ids)


def _checked(pictures: Sequence[Picture], standing: Collection[UUID], by: User) -> list[Picture]:
    limit = settings.PEERLOOP.IMAGES_PER_ITEM
    if len(pictures) > limit:
        raise errors.TooManyPhotos(limit=limit)
    ids = [picture.upload_id for picture in pictures]
    if len(set(ids)) != len(ids):
        raise errors.PhotoTwice
    if any(picture.kind and picture.kind not in RequestPhoto.Kind.values for picture in pictures):
        raise errors.UnknownPhotoKind
    take_uploads([each for each in ids if each not in standing], by=by)
    return [replace(picture, caption=caption(picture.caption)) for picture in pictures]


def _take_down(standing: dict[UUID, RequestPhoto] | dict[UUID, ResponsePhoto], wanted: Sequence[Picture]) -> None:
    kept = {picture.upload_id for picture in wanted}
    gone = [photo for upload_id, photo in standing.items() if upload_id not in kept]
    for photo in gone:
        photo.delete()
    Upload.objects.mark_unattached(photo.upload_id for photo in gone)
