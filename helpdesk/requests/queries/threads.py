"""One request as it is shown: with its photos, marks and responses, and what of it is kept."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from courses.models import Course
from goodwill.areas import Area
from goodwill.models import HelpfulVote, UserExpertise
from goodwill.queries import expertise_of, votes_of
from peerloop.core.accounts.models import User
from peerloop.core.markup.prose import render_message
from peerloop.core.paging import BadCursor
from peerloop.core.uploads.models import Upload

from ..categories import Category
from ..errors import RequestNotThere, ResponseNotThere
from ..models import HelpRequest, HelpResponse, PhotoPin, RequestDraft, RequestEdit, RequestPhoto, ResponsePhoto
from .lists import Person, response_count


@dataclass(frozen=True)
class Hung:
    """A photo with the marks on it that can be seen."""

    photo: RequestPhoto
    pins: list[PhotoPin]


@dataclass(frozen=True)
class Answer:
    """A response, its photos and marks, what its responder knows in the area, and what the viewer voted on it."""

    response: HelpResponse
    photos: list[ResponsePhoto]
    pins: list[PhotoPin]
    expertise: UserExpertise | None
    vote: bool | None

    @property
    def html(self) -> str:
        """Numbered lists and line breaks are kept (REC-97)."""
        return render_message(self.response.response_text)


@dataclass(frozen=True)
class Thread:
    """A request with a page of its responses: the solution first, then the oldest. `newer` leads to the next page."""

    request: HelpRequest
    photos: list[Hung]
    answers: list[Answer]
    newer: str | None
    response_count: int
    edit_count: int

    @property
    def html(self) -> str:
        return render_message(self.request.description)

    def photos_of(self, kind: str) -> list[Hung]:
        """Those from before, or from after."""
        return [each for each in self.photos if each.photo.kind == kind]


def seen_request(request_id: UUID, user: Person) -> HelpRequest:
    """A request that `user` may see, paid or free. One query. Raises RequestNotThere."""
    rows = HelpRequest.objects.visible_to(user).with_people().filter(pk=request_id)
    request = rows.annotate(response_count=response_count(), edit_count=Coalesce(_edit_count(), 0)).first()
    if request is None:
        raise RequestNotThere
    return request


def thread_of(request_id: UUID, user: Person, *, after: str | None = None) -> Thread:
    """A request with a page of its responses. Always the same number of queries. Raises RequestNotThere, BadCursor."""
    request = seen_request(request_id, user)
    responses, newer = _responses(request, user, after)
    pins = _pins(request, user)
    answers = _answers(request, responses, pins, user)
    photos = [
        Hung(photo, [pin for pin in pins if pin.photo_id == photo.pk])
        for photo in request.photos.select_related("upload")
    ]
    return Thread(
        request=request,
        photos=photos,
        answers=answers,
        newer=newer,
        response_count=request.response_count,  # type: ignore[attr-defined]
        edit_count=request.edit_count,  # type: ignore[attr-defined]
    )


def seen_response(response_id: UUID, user: Person) -> HelpResponse:
    """A response that `user` may see, with its request. One query. Raises ResponseNotThere."""
    rows = HelpResponse.objects.visible_to(user).select_related("responder", "request")
    response = rows.filter(pk=response_id).first()
    if response is None:
        raise ResponseNotThere
    return response


def answer_of(response: HelpResponse, user: Person) -> Answer:
    """One response as the thread shows it."""
    pins = list(response.pins.select_related("by"))
    return _answers(response.request, [response], pins, user)[0]


def responders_of(request: HelpRequest) -> QuerySet[User]:
    """Whom its requester can choose as helper: who responded and is here. One query."""
    responded = request.responses.shown().exclude(responder=request.requester_id)
    return User.objects.people().filter(pk__in=responded.values("responder")).order_by("name", "pk")


def edits_of(request: HelpRequest) -> QuerySet[RequestEdit]:
    """What stood before each change, the latest first."""
    return request.edits.select_related("by").order_by("-pk")


def category_of_course(course_id: str, user: User) -> str:
    """What a request from a course of `user` is about; empty where the course is none, or none of theirs."""
    try:
        known = Course.objects.joined_by(user).filter(pk=UUID(course_id)).values_list("category", flat=True).first()
    except ValueError:
        return ""
    return known if known and known in Category else ""


def draft_of(user: User) -> RequestDraft | None:
    """What `user` has begun to ask; None when there is nothing in it."""
    draft = RequestDraft.objects.filter(person=user).first()
    return draft if draft and (draft.upload_ids or set(draft.form) - {"asked"}) else None


def pictures_of_draft(draft: RequestDraft) -> list[Upload]:
    """Its pictures, in their order."""
    found = Upload.objects.in_bulk([UUID(each) for each in draft.upload_ids])
    return [found[UUID(each)] for each in draft.upload_ids if UUID(each) in found]


def _edit_count() -> Subquery:
    edits = RequestEdit.objects.filter(request=OuterRef("pk")).order_by().values("request")
    return Subquery(edits.annotate(count=Count("pk")).values("count"))


def _responses(request: HelpRequest, user: Person, after: str | None) -> tuple[list[HelpResponse], str | None]:
    size = settings.PEERLOOP.RESPONSES_PAGE
    rows = HelpResponse.objects.visible_to(user).filter(request=request).select_related("responder")
    if after:
        try:
            rows = rows.filter(is_solution=False, pk__gt=UUID(after))
        except ValueError:
            raise BadCursor from None
    found = list(rows.order_by(F("is_solution").desc(), "pk")[: size + 1])
    for response in found:
        response.request = request
    return found[:size], str(found[size - 1].pk) if len(found) > size else None


def _pins(request: HelpRequest, user: Person) -> list[PhotoPin]:
    """The marks on the request's photos, but for those of responses that `user` may not see."""
    pins = PhotoPin.objects.filter(photo__request=request).select_related("by").order_by("number")
    mine = Q(response__responder=user.pk) if isinstance(user, User) else Q(pk__in=[])
    shown = Q(response=None) | Q(response__hidden_at=None) | mine
    return list(pins if user.is_staff else pins.filter(shown))


def _answers(request: HelpRequest, responses: list[HelpResponse], pins: list[PhotoPin], user: Person) -> list[Answer]:
    ids = [response.pk for response in responses]
    photos: dict[UUID, list[ResponsePhoto]] = {}
    for photo in ResponsePhoto.objects.filter(response__in=ids).select_related("upload"):
        photos.setdefault(photo.response_id, []).append(photo)
    known = expertise_of((each.responder for each in responses), Area.of(request.category, request.subcategory))
    votes = votes_of(user, HelpfulVote.Content.HELP_RESPONSE, ids)
    return [
        Answer(
            response=each,
            photos=photos.get(each.pk, []),
            pins=[pin for pin in pins if pin.response_id == each.pk],
            expertise=known.get(each.responder_id),
            vote=votes.get(each.pk),
        )
        for each in responses
    ]
