"""What solved a free request, that it is over, and that it is not."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from goodwill.services import recount_votes
from peerloop.core.accounts.models import User

from .. import errors
from ..models import HelpRequest, HelpResponse
from ..permissions.free import can_rate, can_solve
from .news import tell_changed, tell_solved, withdraw_solved
from .reading import locked_request, locked_response
from .wording import plain

Status = HelpRequest.Status


@transaction.atomic
def mark_solution(*, response_id: UUID, by: User) -> HelpResponse:
    """Say that this response solved the request, in place of another; the request is resolved. Again changes nothing.

    Raises ResponseNotThere, OnlyRequesterSolves.
    """
    response = locked_response(response_id, by)
    request = response.request
    if not can_solve(by, request):
        raise errors.OnlyRequesterSolves
    if response.is_solution:
        return response
    if response.hidden_at:
        raise errors.ResponseNotThere
    before = _unmark(request)
    response.is_solution = True
    response.save(update_fields=["is_solution"])
    _finish(request, Status.RESOLVED)
    _count([*before, response.pk], by)
    tell_solved(response)
    return response


@transaction.atomic
def unmark_solution(*, response_id: UUID, by: User) -> HelpResponse:
    """Take that back: the request goes on. Of a response that is no solution it changes nothing.

    Raises ResponseNotThere, OnlyRequesterSolves.
    """
    response = locked_response(response_id, by)
    if not can_solve(by, response.request):
        raise errors.OnlyRequesterSolves
    if response.is_solution:
        _go_on(response.request, by)
        response.is_solution = False
    return response


@transaction.atomic
def close_request(*, request_id: UUID, by: User, resolved: bool = False) -> HelpRequest:
    """End a free request: `resolved` without one response that did it, or without result. Again changes nothing.

    A request that has its solution stays resolved. Raises RequestNotThere, OnlyRequesterSolves.
    """
    request = locked_request(request_id, by)
    if not can_solve(by, request):
        raise errors.OnlyRequesterSolves
    if not request.is_over:
        _finish(request, Status.RESOLVED if resolved else Status.CLOSED)
    return request


@transaction.atomic
def reopen_request(*, request_id: UUID, by: User) -> HelpRequest:
    """Let a free request go on; what was its solution is so no more. Of one that is not over it changes nothing.

    Raises RequestNotThere, OnlyRequesterSolves.
    """
    request = locked_request(request_id, by)
    if not can_solve(by, request):
        raise errors.OnlyRequesterSolves
    if request.is_over:
        _go_on(request, by)
    return request


@transaction.atomic
def rate_help(*, request_id: UUID, rating: int, by: User, words: str | None = None) -> HelpRequest:
    """Say from 1 to 5 how the help was, once a request is resolved or its session completed; again changes it.

    `words` may say why; None leaves those of before. Raises RequestNotThere, NotYourRequest, NothingToRate, OneToFive,
    WordsTooLong, ForbiddenCharacters.
    """
    request = HelpRequest.objects.visible_to(by).select_for_update().filter(pk=request_id).first()
    if request is None:
        raise errors.RequestNotThere
    if not can_rate(by, request):
        raise errors.NotYourRequest
    if not request.is_ratable:
        raise errors.NothingToRate
    if type(rating) is not int or not 1 <= rating <= 5:
        raise errors.OneToFive
    if words is not None:
        limit = settings.PEERLOOP.RATING_CHARACTERS
        request.rating_words = plain(words, limit=limit, too_long=errors.WordsTooLong)
    request.rating = rating
    request.save(update_fields=["rating", "rating_words"])
    return request


def _go_on(request: HelpRequest, by: User) -> None:
    before = _unmark(request)
    _finish(request, Status.IN_PROGRESS if request.assigned_helper_id else Status.OPEN)
    _count(before, by)
    withdraw_solved(request)


def _unmark(request: HelpRequest) -> list[UUID]:
    """Of the response that was the solution, say so no more."""
    solutions = request.responses.filter(is_solution=True)
    before = list(solutions.values_list("pk", flat=True))
    solutions.update(is_solution=False)
    return before


def _finish(request: HelpRequest, status: Status) -> None:
    now = timezone.now()
    request.resolved_at = (request.resolved_at or now) if status == Status.RESOLVED else None
    request.closed_at = (request.closed_at or now) if status == Status.CLOSED else None
    request.status, request.updated_at = status, now
    request.save(update_fields=["status", "resolved_at", "closed_at", "updated_at"])
    tell_changed(request)


def _count(response_ids: list[UUID], by: User) -> None:
    recount_votes(content_type="help_response", content_ids=response_ids, by=by)
