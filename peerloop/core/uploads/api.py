"""Uploading a picture: the JSON door."""

from uuid import UUID

from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from peerloop.core.accounts.requests import CallerRequest
from peerloop.core.errors.replies import REFUSALS, Error

from .models import Upload
from .services import store_image

router = Router(tags=["Pictures"])


class Picture(Schema):
    """A stored picture; name its `id` when posting what it belongs to, within a day."""

    id: UUID
    url: str
    thumb_url: str
    width: int
    height: int


@router.post(
    "/uploads",
    response={201: Picture, **REFUSALS, 413: Error},
    url_name="uploads",
    summary="Upload a picture",
)
def upload(request: CallerRequest, file: File[UploadedFile]) -> Status[Upload]:
    """JPEG, PNG, WebP, GIF or HEIC, up to 5 MB; answers 413 beyond. Only the caller sees it until it is attached."""
    return Status(201, store_image(file=file, by=request.auth))  # type: ignore[arg-type]
