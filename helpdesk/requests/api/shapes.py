"""What free requests and responses look like in JSON: the columns' names, and what pages show beside them."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.headless.contrib.ninja.security import x_session_token_auth
from django.contrib.auth.models import AnonymousUser
from ninja import Field, Schema
from ninja.security import SessionAuth

from goodwill.models import UserExpertise
from peerloop.core.accounts.requests import CallerRequest

from ..errors import PhotoNotYours
from ..models import HelpRequest, PhotoPin
from ..models.photos import Photo
from ..queries.lists import Card
from ..queries.threads import Answer, Hung, Thread
from ..services.pictures import Picture

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def visitor(request: CallerRequest) -> AnonymousUser:
    """Stands last in the list of ways to sign in: who comes without any is a visitor (REC-24)."""
    return AnonymousUser()


anyone: Any = [SessionAuth(csrf=True), x_session_token_auth, visitor]


class PictureIn(Schema):
    """An image uploaded before, by its id; `kind` is before, after, or nothing."""

    id: UUID
    caption: str = ""
    kind: str = ""


class Illustrated(Schema):
    """Images uploaded before: just their addresses or ids, or `photos` with captions. Neither: left as they are."""

    image_urls: list[str] | None = Field(default=None, max_length=50)
    photos: list[PictureIn] | None = Field(default=None, max_length=50)

    def pictures(self) -> list[Picture] | None:
        """Raises PhotoNotYours for an address that is none of this site's images."""
        if self.photos is not None:
            return [Picture(each.id, each.caption, each.kind) for each in self.photos]
        return None if self.image_urls is None else [Picture(upload_id(address)) for address in self.image_urls]


class Who(Schema):
    id: UUID
    name: str
    avatar: str


class Knows(Schema):
    category: str
    subcategory: str
    expertise_level: str
    reputation_score: int
    is_verified: bool


class PinOut(Schema):
    id: UUID
    photo_id: UUID
    response_id: UUID | None
    by: UUID
    number: int
    x: float
    y: float
    note: str


class PhotoOut(Schema):
    id: UUID
    url: str
    thumb_url: str
    width: int
    height: int
    caption: str
    kind: str = ""
    pins: list[PinOut] = []


class RequestOut(Schema):
    id: UUID
    url: str
    title: str
    description: str
    category: str
    subcategory: str
    difficulty_level: str
    urgency: str
    status: str
    image_urls: list[str]
    requester_id: UUID
    requester: Who
    assigned_helper_id: UUID | None
    course_id: UUID | None
    amount: int | None
    is_public: bool
    view_count: int
    helpful_count: int
    response_count: int
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None


class ResponseOut(Schema):
    """`is_helpful` is the caller's own vote; `expertise` what the responder knows in the request's area."""

    id: UUID
    help_request_id: UUID
    responder_id: UUID
    responder: Who
    response_text: str
    image_urls: list[str]
    photos: list[PhotoOut]
    pins: list[PinOut]
    is_solution: bool
    helpful_count: int
    expertise: Knows | None
    is_helpful: bool | None
    created_at: datetime
    updated_at: datetime


class ThreadOut(RequestOut):
    """The solution first, then the oldest; `newer` is the `after` of the next page, or null at the end."""

    photos: list[PhotoOut]
    responses: list[ResponseOut]
    newer: str | None


class ListOut(Schema):
    """`older` is the `before` of the next page, or null at the end."""

    requests: list[RequestOut]
    older: str | None


def upload_id(address: str) -> UUID:
    found = ID.search(address)
    if found is None:
        raise PhotoNotYours
    return UUID(found[0])


def who(user: Any) -> Who:
    return Who(id=user.pk, name=str(user), avatar=user.avatar_url)


def request_data(request: HelpRequest, image_urls: list[str], response_count: int) -> dict[str, Any]:
    columns = set(RequestOut.model_fields) - {"url", "image_urls", "requester", "response_count"}
    own = {name: getattr(request, "pk" if name == "id" else name) for name in columns}
    return {
        **own,
        "url": request.get_absolute_url(),
        "image_urls": image_urls,
        "requester": who(request.requester),
        "response_count": response_count,
    }


def card_out(card: Card) -> RequestOut:
    return RequestOut(**request_data(card.request, [each.upload.url for each in card.photos], card.response_count))


def thread_out(thread: Thread) -> ThreadOut:
    urls = [each.photo.upload.url for each in thread.photos]
    return ThreadOut(
        **request_data(thread.request, urls, thread.response_count),
        photos=[hung_out(each) for each in thread.photos],
        responses=[answer_out(each) for each in thread.answers],
        newer=thread.newer,
    )


def answer_out(answer: Answer) -> ResponseOut:
    response = answer.response
    return ResponseOut(
        id=response.pk,
        help_request_id=response.request_id,
        responder_id=response.responder_id,
        responder=who(response.responder),
        response_text=response.response_text,
        image_urls=[each.upload.url for each in answer.photos],
        photos=[PhotoOut(**photo_data(each)) for each in answer.photos],
        pins=[pin_out(each) for each in answer.pins],
        is_solution=response.is_solution,
        helpful_count=response.helpful_count,
        expertise=knows(answer.expertise) if answer.expertise else None,
        is_helpful=answer.vote,
        created_at=response.created_at,
        updated_at=response.updated_at,
    )


def hung_out(hung: Hung) -> PhotoOut:
    pins = [pin_out(each) for each in hung.pins]
    return PhotoOut(**photo_data(hung.photo), kind=hung.photo.kind, pins=pins)


def photo_data(photo: Photo) -> dict[str, Any]:
    upload = photo.upload
    return {
        "id": photo.pk,
        "url": upload.url,
        "thumb_url": upload.thumb_url,
        "width": upload.width,
        "height": upload.height,
        "caption": photo.caption,
    }


def pin_out(pin: PhotoPin) -> PinOut:
    return PinOut(
        id=pin.pk,
        photo_id=pin.photo_id,
        response_id=pin.response_id,
        by=pin.by_id,
        number=pin.number,
        x=pin.x,
        y=pin.y,
        note=pin.note,
    )


def knows(expertise: UserExpertise) -> Knows:
    names = ("category", "subcategory", "expertise_level", "reputation_score", "is_verified")
    return Knows(**{name: getattr(expertise, name) for name in names})
