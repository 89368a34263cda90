"""Responding, voting, and saying what solved it."""

from datetime import datetime
from uuid import UUID

from ninja import Field, Router, Schema, Status

from goodwill.models import HelpfulVote
from goodwill.services import take_back_vote, vote_helpful
from peerloop.core.accounts.requests import CallerRequest
from peerloop.core.errors.replies import REFUSALS

from ..queries.threads import answer_of, seen_response
from ..services.answering import edit_response, respond
from ..services.pinning import Pin
from ..services.solving import mark_solution, unmark_solution
from .shapes import Illustrated, ResponseOut, answer_out

router = Router(tags=["help requests"])
HELP_RESPONSE = HelpfulVote.Content.HELP_RESPONSE


class MarkIn(Schema):
    """A place on a photo of the request: shares of its width and height, from the upper left corner."""

    photo_id: UUID
    x: float
    y: float
    note: str = ""


class RespondIn(Illustrated):
    response_text: str
    pins: list[MarkIn] = Field(default=[], max_length=50)


class RevisionIn(Illustrated):
    """`updated_at` is that of what was looked at, and refuses to undo newer words."""

    response_text: str
    updated_at: datetime | None = None


class VoteIn(Schema):
    is_helpful: bool = True


class VotedOut(Schema):
    """`is_helpful` is the caller's vote, null without one."""

    id: UUID
    helpful_count: int
    is_helpful: bool | None


@router.post("/help/requests/{uuid:request_id}/respond", response={201: ResponseOut, **REFUSALS})
def answer(request: CallerRequest, request_id: UUID, body: RespondIn) -> Status[ResponseOut]:
    """Answer a free request. The same words again within minutes answer with the response that stands."""
    response = respond(
        request_id=request_id,
        response_text=body.response_text,
        pictures=body.pictures() or [],
        pins=[Pin(**each.dict()) for each in body.pins],
        by=request.auth,
    )
    return Status(201, shown(request, response.pk))


@router.put("/help/responses/{uuid:response_id}", response={200: ResponseOut, **REFUSALS})
def revise(request: CallerRequest, response_id: UUID, body: RevisionIn) -> ResponseOut:
    """Change one's own response."""
    edit_response(
        response_id=response_id,
        response_text=body.response_text,
        pictures=body.pictures(),
        seen_at=body.updated_at,
        by=request.auth,
    )
    return shown(request, response_id)


@router.post("/help/responses/{uuid:response_id}/helpful", response={200: VotedOut, **REFUSALS})
def vote(request: CallerRequest, response_id: UUID, body: VoteIn | None = None) -> VotedOut:
    """Say whether a response helped; left out it did. Voting again changes the vote."""
    is_helpful = body.is_helpful if body else True
    vote_helpful(content_type=HELP_RESPONSE, content_id=response_id, is_helpful=is_helpful, by=request.auth)
    return voted(request, response_id)


@router.delete("/help/responses/{uuid:response_id}/helpful", response={200: VotedOut, **REFUSALS})
def unvote(request: CallerRequest, response_id: UUID) -> VotedOut:
    """Have no opinion any more."""
    take_back_vote(content_type=HELP_RESPONSE, content_id=response_id, by=request.auth)
    return voted(request, response_id)


@router.post("/help/responses/{uuid:response_id}/solution", response={200: ResponseOut, **REFUSALS})
def solve(request: CallerRequest, response_id: UUID) -> ResponseOut:
    """This response solved the request, in place of any other; the request is resolved."""
    mark_solution(response_id=response_id, by=request.auth)
    return shown(request, response_id)


@router.delete("/help/responses/{uuid:response_id}/solution", response={200: ResponseOut, **REFUSALS})
def unsolve(request: CallerRequest, response_id: UUID) -> ResponseOut:
    """It did not; the request goes on."""
    unmark_solution(response_id=response_id, by=request.auth)
    return shown(request, response_id)


def shown(request: CallerRequest, response_id: UUID) -> ResponseOut:
    return answer_out(answer_of(seen_response(response_id, request.auth), request.auth))


def voted(request: CallerRequest, response_id: UUID) -> VotedOut:
    found = answer_of(seen_response(response_id, request.auth), request.auth)
    return VotedOut(id=response_id, helpful_count=found.response.helpful_count, is_helpful=found.vote)
