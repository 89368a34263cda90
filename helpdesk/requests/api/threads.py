"""Asking, finding, changing and ending free requests."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import StrictInt

from peerloop.core.accounts.requests import CallerRequest
from peerloop.core.errors.replies import REFUSALS

from ..models import RequestDraft
from ..queries.lists import Filters, listed
from ..queries.search import similar_requests
from ..queries.threads import draft_of, edits_of, seen_request, thread_of
from ..services.asking import ask_for_help
from ..services.assigning import assign_helper, release_request, take_request
from ..services.drafts import discard_draft, save_draft
from ..services.editing import edit_request
from ..services.looking import count_view
from ..services.pinning import Pin, pin_photo, remove_pin
from ..services.requesting import request_paid_help
from ..services.solving import close_request, rate_help, reopen_request
from ..services.wording import COLUMNS, Wanted
from .shapes import (
    Illustrated,
    ListOut,
    PinOut,
    ThreadOut,
    anyone,
    card_out,
    pin_out,
    thread_out,
)

router = Router(tags=["help requests"])


class Looking(Schema):
    """The columns' names, `q` for words, `sort`; `known`: only what the caller has expertise in; `mine`: only own."""

    category: str = ""
    subcategory: str = ""
    difficulty_level: str = ""
    urgency: str = ""
    status: str = ""
    q: str = ""
    sort: Literal["newest", "helpful", "unanswered"] = "newest"
    known: bool = False
    mine: bool = False
    before: str | None = None


class AskIn(Illustrated):
    """A free request; with an `amount` in cents a paid one, of which only category and description count.

    What the server sets is passed over.
    """

    title: str = ""
    description: str
    category: str
    subcategory: str = ""
    difficulty_level: str = ""
    urgency: str = "normal"
    is_public: bool = True
    course_id: UUID | None = None
    amount: StrictInt | None = None

    def wanted(self) -> Wanted:
        return Wanted(**{name: getattr(self, name) for name in COLUMNS})


class ChangeIn(AskIn):
    """The whole request as it is to be; `updated_at` is that of what was looked at, and refuses to undo newer words."""

    updated_at: datetime | None = None


class AssignIn(Schema):
    """Without an id the caller takes the request."""

    assigned_helper_id: UUID | None = None


class CloseIn(Schema):
    resolved: bool = False


class RatingIn(Schema):
    rating: int


class DraftIn(Schema):
    """`token` names the form: once that was asked, nothing of it is kept any more."""

    form: dict[str, Any] = {}
    image_ids: list[UUID] = Field(default=[], max_length=50)
    token: str = Field(default="", max_length=100)


class DraftOut(Schema):
    form: dict[str, Any]
    image_ids: list[str]
    updated_at: datetime | None


class SimilarOut(Schema):
    id: UUID
    title: str
    category: str
    status: str
    is_solved: bool
    url: str


class EditOut(Schema):
    """What stood there before, until `created_at`."""

    by: UUID
    title: str
    description: str
    created_at: datetime


class PinIn(Schema):
    x: float
    y: float
    note: str = ""


@router.get("/help/requests", auth=anyone, response={200: ListOut, **REFUSALS}, url_name="help_requests_api")
def list_requests(request: CallerRequest, looking: Query[Looking]) -> ListOut:
    """Free requests that the caller may see; visitors see public ones."""
    given = looking.dict()
    before = given.pop("before")
    shelf = listed(request.auth, Filters(**given), before=before)
    return ListOut(requests=[card_out(each) for each in shelf.cards], older=shelf.older)


@router.post("/help/requests", response={201: ThreadOut, **REFUSALS})
def ask(request: CallerRequest, body: AskIn) -> Status[ThreadOut]:
    """Ask everybody, in writing; or for an amount, which is put on hold on the page of its `url`.

    The same free words again within minutes answer with the request that stands.
    """
    if body.amount is not None:
        asked = request_paid_help(
            category=body.category, description=body.description, amount=body.amount, by=request.auth
        )
    else:
        pictures = body.pictures() or []
        asked = ask_for_help(wanted=body.wanted(), pictures=pictures, course_id=body.course_id, by=request.auth)
    return Status(201, thread_out(thread_of(asked.pk, request.auth)))


@router.get("/help/requests/similar", auth=anyone, response={200: list[SimilarOut], **REFUSALS})
def similar(request: CallerRequest, q: str = "") -> list[SimilarOut]:
    """What was asked before about these words, solved requests first."""
    found = similar_requests(request.auth, q, size=settings.PEERLOOP.SIMILAR_REQUESTS)
    return [
        SimilarOut(
            id=each.pk,
            title=each.title,
            category=each.category,
            status=each.status,
            is_solved=each.is_resolved,
            url=each.get_absolute_url(),
        )
        for each in found
    ]


@router.get("/help/requests/draft", response={200: DraftOut, **REFUSALS})
def draft(request: CallerRequest) -> DraftOut:
    """What the caller has begun to ask; empty if nothing."""
    return _draft_out(draft_of(request.auth))


@router.put("/help/requests/draft", response={200: DraftOut, **REFUSALS})
def keep_draft(request: CallerRequest, body: DraftIn) -> DraftOut:
    """Keep this in place of what was kept."""
    return _draft_out(save_draft(form=body.form, upload_ids=body.image_ids, token=body.token, by=request.auth))


@router.delete("/help/requests/draft", response={204: None, **REFUSALS})
def drop_draft(request: CallerRequest) -> Status[None]:
    discard_draft(by=request.auth)
    return Status(204, None)


@router.get("/help/requests/{uuid:request_id}", auth=anyone, response={200: ThreadOut, **REFUSALS})
def detail(request: CallerRequest, request_id: UUID, after: str | None = None) -> ThreadOut:
    """A request with a page of its responses."""
    thread = thread_of(request_id, request.auth, after=after)
    count_view(request_id=request_id, by=request.auth, visitor=_address(request))
    return thread_out(thread)


@router.put("/help/requests/{uuid:request_id}", response={200: ThreadOut, **REFUSALS})
def change(request: CallerRequest, request_id: UUID, body: ChangeIn) -> ThreadOut:
    """Change one's own request. Title and description that stood before are kept."""
    edit_request(
        request_id=request_id,
        wanted=body.wanted(),
        pictures=body.pictures(),
        seen_at=body.updated_at,
        by=request.auth,
    )
    return thread_out(thread_of(request_id, request.auth))


@router.get("/help/requests/{uuid:request_id}/edits", auth=anyone, response={200: list[EditOut], **REFUSALS})
def edits(request: CallerRequest, request_id: UUID) -> list[EditOut]:
    """What stood in the request before, the latest first."""
    rows = edits_of(seen_request(request_id, request.auth))
    return [
        EditOut(by=each.by_id, title=each.title, description=each.description, created_at=each.created_at)
        for each in rows
    ]


@router.put("/help/requests/{uuid:request_id}/assign", response={200: ThreadOut, **REFUSALS})
def assign(request: CallerRequest, request_id: UUID, body: AssignIn | None = None) -> ThreadOut:
    """Who asked chooses a responder, staff anybody; a helper takes an open request by naming themself or nobody."""
    helper_id = body.assigned_helper_id if body else None
    if helper_id is None or helper_id == request.auth.pk:
        take_request(request_id=request_id, by=request.auth)
    else:
        assign_helper(request_id=request_id, helper_id=helper_id, by=request.auth)
    return thread_out(thread_of(request_id, request.auth))


@router.delete("/help/requests/{uuid:request_id}/assign", response={200: ThreadOut, **REFUSALS})
def release(request: CallerRequest, request_id: UUID) -> ThreadOut:
    """Nobody takes care of it any more."""
    asked = release_request(request_id=request_id, by=request.auth)
    return thread_out(thread_of(asked.pk, request.auth))


@router.post("/help/requests/{uuid:request_id}/close", response={200: ThreadOut, **REFUSALS})
def close(request: CallerRequest, request_id: UUID, body: CloseIn | None = None) -> ThreadOut:
    """End one's request: resolved, or without result."""
    close_request(request_id=request_id, resolved=bool(body and body.resolved), by=request.auth)
    return thread_out(thread_of(request_id, request.auth))


@router.post("/help/requests/{uuid:request_id}/reopen", response={200: ThreadOut, **REFUSALS})
def reopen(request: CallerRequest, request_id: UUID) -> ThreadOut:
    """Let one's request go on; what was its solution is so no more."""
    reopen_request(request_id=request_id, by=request.auth)
    return thread_out(thread_of(request_id, request.auth))


@router.post("/help/requests/{uuid:request_id}/rating", response={200: RatingIn, **REFUSALS})
def rate(request: CallerRequest, request_id: UUID, body: RatingIn) -> RatingIn:
    """How the help was, 1 to 5, once it is over; again changes it."""
    rated = rate_help(request_id=request_id, rating=body.rating, by=request.auth)
    return RatingIn(rating=rated.rating or 0)


@router.post("/help/photos/{uuid:photo_id}/pins", response={201: PinOut, **REFUSALS})
def pin(request: CallerRequest, photo_id: UUID, body: PinIn) -> Status[PinOut]:
    """Mark a place on a photo of one's own request. Who responds sends marks along with the response."""
    return Status(201, pin_out(pin_photo(pin=Pin(photo_id=photo_id, **body.dict()), by=request.auth)))


@router.delete("/help/pins/{uuid:pin_id}", response={204: None, **REFUSALS})
def unpin(request: CallerRequest, pin_id: UUID) -> Status[None]:
    """Take away a mark of one's own, or one on one's own photo."""
    remove_pin(pin_id=pin_id, by=request.auth)
    return Status(204, None)


def _draft_out(draft: RequestDraft | None) -> DraftOut:
    if draft is None:
        return DraftOut(form={}, image_ids=[], updated_at=None)
    return DraftOut(form=draft.form, image_ids=draft.upload_ids, updated_at=draft.updated_at)


def _address(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR", "")
