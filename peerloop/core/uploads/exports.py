"""What a person takes along: their pictures."""

from typing import Any

from django.db.models.fields.files import FieldFile

from peerloop.core.accounts.exports import Export, exports
from peerloop.core.accounts.models import User

from .models import Upload


def _rows(user: User) -> Any:
    yield from Upload.objects.filter(owner=user).order_by("pk").values("id", "created_at", "width", "height", "file")


def _files(user: User) -> list[FieldFile]:
    return [upload.file for upload in Upload.objects.filter(owner=user).order_by("pk")]


exports.add("pictures", Export(_rows, files=_files))
