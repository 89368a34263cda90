"""What somebody has begun to ask, kept on the server: one draft per person, with its pictures."""

import json
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.uploads.models import Upload

from ..errors import DraftTooLong, TooManyPhotos
from ..models import RequestDraft, RequestPhoto
from .pictures import take_uploads

# Under this name a finished draft remembers which form it was, so that a late save of that form brings nothing back.
ASKED = "asked"


@transaction.atomic
def save_draft(
    *, form: dict[str, Any], by: User, upload_ids: Collection[UUID] = (), token: str = ""
) -> RequestDraft | None:
    """Keep what the form holds, in place of what was kept before. `token` names the form, from when it was opened.

    None if the form with this token was asked meanwhile: nothing is kept then. Again changes nothing.
    Raises DraftTooLong, TooManyPhotos, PhotoNotYours.
    """
    draft = _locked(by)
    if token and draft.form.get(ASKED) == token:
        return None
    if len(json.dumps(form)) > settings.PEERLOOP.DRAFT_CHARACTERS:
        raise DraftTooLong
    if len(set(upload_ids)) > settings.PEERLOOP.IMAGES_PER_ITEM:
        raise TooManyPhotos(limit=settings.PEERLOOP.IMAGES_PER_ITEM)
    before = {UUID(each) for each in draft.upload_ids}
    take_uploads(set(upload_ids) - before, by=by)
    Upload.objects.mark_unattached(before - set(upload_ids))
    draft.form, draft.upload_ids = form, [str(each) for each in dict.fromkeys(upload_ids)]
    draft.updated_at = timezone.now()
    draft.save()
    return draft


@transaction.atomic
def discard_draft(*, by: User) -> None:
    """Throw the draft away, with pictures that were for it alone. Again changes nothing."""
    draft = RequestDraft.objects.select_for_update().filter(person=by).first()
    if draft:
        Upload.objects.mark_unattached(UUID(each) for each in draft.upload_ids)
        draft.delete()


def forget_draft(*, by: User, token: str) -> None:
    """The draft was asked, in a transaction of the caller: its pictures that were not asked with it go."""
    draft = _locked(by)
    waiting = {UUID(each) for each in draft.upload_ids}
    Upload.objects.mark_unattached(waiting - set(_hung(waiting)))
    draft.form, draft.upload_ids, draft.updated_at = ({ASKED: token} if token else {}), [], timezone.now()
    draft.save()


def _locked(by: User) -> RequestDraft:
    RequestDraft.objects.get_or_create(person=by)
    return RequestDraft.objects.select_for_update().get(person=by)


def _hung(ids: Collection[UUID]) -> list[UUID]:
    return list(RequestPhoto.objects.filter(upload__in=ids).values_list("upload_id", flat=True))
