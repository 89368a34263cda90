"""Pictures, to those who may see them."""

from uuid import UUID

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from peerloop.core.errors import NotThere

from .models import Upload
from .permissions import can_see

HEADERS = {
    # The browser keeps it but asks each time whether it still may show it: people leave courses.
    "Cache-Control": "private, no-cache",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@require_safe
def picture(request: HttpRequest, upload_id: UUID) -> HttpResponseBase:
    upload = _seen_upload(request, upload_id)
    return _serve(request, upload.file, upload.content_type)


@require_safe
def thumbnail(request: HttpRequest, upload_id: UUID) -> HttpResponseBase:
    return _serve(request, _seen_upload(request, upload_id).thumbnail, "image/webp")


def _seen_upload(request: HttpRequest, upload_id: UUID) -> Upload:
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None or not can_see(request.user, upload):
        raise NotThere
    return upload


def _serve(request: HttpRequest, file: FieldFile, content_type: str) -> HttpResponseBase:
    # A stored picture never changes, so its name says which one the browser has.
    response = get_conditional_response(request, etag=f'"{file.name}"') or _download(file, content_type)
    for name, value in {**HEADERS, "ETag": f'"{file.name}"'}.items():
        response[name] = value
    return response


def _download(file: FieldFile, content_type: str) -> FileResponse:
    try:
        return FileResponse(file.open("rb"), as_attachment=True, content_type=content_type)
    except FileNotFoundError:
        raise NotThere from None
