"""Who takes care of a free request."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User

from .. import errors
from ..models import HelpRequest
from ..permissions.free import can_assign, can_release, can_take
from .news import shut_out, tell_assigned, tell_changed, tell_taken
from .reading import locked_request


@transaction.atomic
def assign_helper(*, request_id: UUID, helper_id: UUID, by: User) -> HelpRequest:
    """Choose who helps, in place of whoever did: the requester one of the responders, staff anybody.

    The request is in progress then. The same helper again changes nothing. Raises RequestNotThere, NotAssigning,
    RequestOver, NotToYourself, NoSuchHelper, NotAResponder.
    """
    request = locked_request(request_id, by)
    if not can_assign(by, request):
        raise errors.NotAssigning
    if request.is_over:
        raise errors.RequestOver
    helper = _checked(request, helper_id, by)
    if request.assigned_helper_id != helper.pk:
        _assign(request, helper)
        tell_assigned(request, by=by)
    return request


@transaction.atomic
def take_request(*, request_id: UUID, by: User) -> HelpRequest:
    """A helper takes an open request; the first of many gets it. Taking one's own again changes nothing.

    Raises RequestNotThere, OnlyHelpersTake, OwnRequest, TakenAlready, RequestOver.
    """
    request = locked_request(request_id, by)
    if request.is_in_progress and request.assigned_helper_id == by.pk:
        return request
    if not can_take(by, request):
        raise _why_not_taken(request, by)
    _assign(request, by)
    tell_taken(request)
    return request


@transaction.atomic
def release_request(*, request_id: UUID, by: User) -> HelpRequest:
    """Nobody takes care of it any more, and it is open again. Of one without a helper it changes nothing.

    For its helper, its requester and staff. Raises RequestNotThere, NotAssigning, RequestOver.
    """
    request = locked_request(request_id, by)
    if not can_release(by, request):
        raise errors.NotAssigning
    if request.is_over:
        raise errors.RequestOver
    if request.assigned_helper_id:
        leave_open(request)
    return request


def leave_open(request: HelpRequest) -> None:
    """Without its helper, in a transaction of the caller that holds the request's lock. What is over stays over."""
    request.assigned_helper, request.updated_at = None, timezone.now()
    if not request.is_over:
        request.status = HelpRequest.Status.OPEN
    request.save(update_fields=["assigned_helper", "status", "updated_at"])
    _tell_everybody(request)


def _checked(request: HelpRequest, helper_id: UUID, by: User) -> User:
    if helper_id == request.requester_id:
        raise errors.NotToYourself
    helper: User | None = User.objects.people().filter(pk=helper_id).first()
    if helper is None:
        raise errors.NoSuchHelper
    if not by.is_staff and not request.responses.shown().filter(responder=helper).exists():
        raise errors.NotAResponder
    return helper


def _why_not_taken(request: HelpRequest, by: User) -> Exception:
    if by.pk == request.requester_id:
        return errors.OwnRequest()
    if not by.is_helper:
        return errors.OnlyHelpersTake()
    return errors.RequestOver() if request.is_over else errors.TakenAlready()


def _assign(request: HelpRequest, helper: User) -> None:
    request.assigned_helper, request.status = helper, HelpRequest.Status.IN_PROGRESS
    request.updated_at = timezone.now()
    request.save(update_fields=["assigned_helper", "status", "updated_at"])
    _tell_everybody(request)


def _tell_everybody(request: HelpRequest) -> None:
    """Who was the helper of a private request until now does not see it any more."""
    if request.is_public:
        tell_changed(request)
    else:
        shut_out(request)
