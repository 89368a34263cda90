"""How a picture comes in, and how one that nobody used goes."""

from functools import partial
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.fields.files import FieldFile

from peerloop.core.accounts.models import User
from peerloop.core.images import CleanImage, clean_image
from peerloop.core.limits import at_most

from .models import Upload

WINDOW_SECONDS = 600
SWEPT_AT_ONCE = 200


def store_image(*, file: BinaryIO, by: User) -> Upload:
    """Clean the picture in `file` and keep it for `by`, who may attach it to something within a day.

    Each call stores another one. Raises TooFast beyond PEERLOOP.UPLOADS_IN_TEN_MINUTES, and what
    `images.clean_image` refuses: NotAPicture, TooLarge, TooManyPixels.
    """
    at_most("upload", by.pk, times=settings.PEERLOOP.UPLOADS_IN_TEN_MINUTES, seconds=WINDOW_SECONDS)
    picture = clean_image(file)
    upload = Upload(
        owner=by,
        content_type=picture.content_type,
        width=picture.width,
        height=picture.height,
        bytes=len(picture.content),
    )
    # Drawing and writing files take long; no transaction waits for them.
    _write_files(upload, picture)
    try:
        upload.save()
    except Exception:
        _drop_files([upload.file, upload.thumbnail])
        raise
    return upload


@transaction.atomic
def sweep_unattached() -> int:
    """Delete pictures that were attached to nothing within PEERLOOP.UNATTACHED_HOURS; returns how many.

    Takes up to 200 at a time. Running it again, or twice at once, is harmless.
    """
    swept = list(Upload.objects.forgotten().select_for_update(skip_locked=True).order_by("created_at")[:SWEPT_AT_ONCE])
    Upload.objects.filter(pk__in=[upload.pk for upload in swept]).delete()
    files = [file for upload in swept for file in (upload.file, upload.thumbnail)]
    transaction.on_commit(partial(_drop_files, files))
    return len(swept)


def _write_files(upload: Upload, picture: CleanImage) -> None:
    upload.file.save(f"{upload.pk}.{picture.suffix}", ContentFile(picture.content), save=False)
    upload.thumbnail.save(f"{upload.pk}.webp", ContentFile(picture.thumbnail), save=False)


def _drop_files(files: list[FieldFile]) -> None:
    for file in files:
        file.storage.delete(str(file))
