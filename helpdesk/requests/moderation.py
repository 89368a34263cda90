"""What moderators do about requests and responses."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from peerloop.core.accounts.models import User
from peerloop.core.moderation.kinds import FlaggableKind, Line, declare

from .models import HelpRequest, HelpResponse, Photo
from .services.hiding import set_request_hidden, set_response_hidden

NEIGHBOURS = 3


def load_request(request_id: UUID) -> HelpRequest | None:
    return HelpRequest.objects.with_people().filter(pk=request_id).first()


def load_response(response_id: UUID) -> HelpResponse | None:
    return HelpResponse.objects.select_related("responder", "request__requester").filter(pk=response_id).first()


def may_see_request(user: User, request: HelpRequest) -> bool:
    return request.hidden_at is None and HelpRequest.objects.visible_to(user).filter(pk=request.pk).exists()


def may_see_response(user: User, response: HelpResponse) -> bool:
    return response.hidden_at is None and HelpResponse.objects.visible_to(user).filter(pk=response.pk).exists()


def describe_request(request: HelpRequest) -> str:
    return f"{request.title}\n\n{request.description}"


def request_context(request: HelpRequest) -> Sequence[Line]:
    """The request and its first responses."""
    responses = request.responses.select_related("responder").order_by("pk")[:NEIGHBOURS]
    return [_request_line(request, flagged=True), *(_response_line(each, None) for each in responses)]


def response_context(response: HelpResponse) -> Sequence[Line]:
    """The request, and the response among those before and after it."""
    here = HelpResponse.objects.filter(request=response.request_id).select_related("responder")
    before = here.filter(pk__lt=response.pk).order_by("-pk")[:NEIGHBOURS]
    after = here.filter(pk__gt=response.pk).order_by("pk")[:NEIGHBOURS]
    lines = [_response_line(each, response) for each in [*reversed(before), response, *after]]
    return [_request_line(response.request, flagged=False), *lines]


def _request_line(request: HelpRequest, *, flagged: bool) -> Line:
    return Line(
        author=str(request.requester),
        text=describe_request(request),
        at=request.created_at,
        flagged=flagged,
        pictures=_pictures(request.photos.select_related("upload")),
    )


def _response_line(each: HelpResponse, flagged: HelpResponse | None) -> Line:
    return Line(
        author=str(each.responder),
        text=each.response_text,
        at=each.created_at,
        flagged=flagged is not None and each.pk == flagged.pk,
        pictures=_pictures(each.photos.select_related("upload")),
    )


def _pictures(photos: Iterable[Photo]) -> list[str]:
    return [photo.upload.thumb_url for photo in photos]


declare(
    FlaggableKind(
        name="help_request",
        label="Help request",
        load=load_request,
        may_see=may_see_request,
        describe=describe_request,
        context=request_context,
        author=lambda request: request.requester,
        address=lambda request: request.get_absolute_url(),
        hide=lambda request, by: set_request_hidden(request_id=request.pk, hidden=True, by=by),
        restore=lambda request, by: set_request_hidden(request_id=request.pk, hidden=False, by=by),
    )
)
declare(
    FlaggableKind(
        name="help_response",
        label="Response to a help request",
        load=load_response,
        may_see=may_see_response,
        describe=lambda response: response.response_text,
        context=response_context,
        author=lambda response: response.responder,
        address=lambda response: response.get_absolute_url(),
        hide=lambda response, by: set_response_hidden(response_id=response.pk, hidden=True, by=by),
        restore=lambda response, by: set_response_hidden(response_id=response.pk, hidden=False, by=by),
    )
)
