"""Free requests: who may change, solve, assign, take, rate and mark. Who may see them is the querysets' visible_to."""

from peerloop.core.accounts.models import User

from ..models import HelpRequest, HelpResponse, PhotoPin


def can_edit(by: User, request: HelpRequest) -> bool:
    """Its requester; staff may put words right."""
    return by.is_active and (by.is_staff or by.pk == request.requester_id)


def can_solve(by: User, request: HelpRequest) -> bool:
    """Who says what solved it, and that it is over: its requester, or staff (REC-90)."""
    return by.is_active and (by.is_staff or by.pk == request.requester_id)


def can_assign(by: User, request: HelpRequest) -> bool:
    """Who chooses the helper of a free request: its requester, or staff (REC-89)."""
    return by.is_active and (by.is_staff or by.pk == request.requester_id)


def can_take(by: User, request: HelpRequest) -> bool:
    """A helper may take somebody else's open free request (REC-89)."""
    return by.is_active and by.is_helper and request.is_open and by.pk != request.requester_id


def can_release(by: User, request: HelpRequest) -> bool:
    """Who may leave a free request without a helper again: that helper, and who assigns."""
    return can_assign(by, request) or (by.is_active and by.pk == request.assigned_helper_id)


def can_edit_response(by: User, response: HelpResponse) -> bool:
    """Its author."""
    return by.is_active and by.pk == response.responder_id


def can_rate(by: User, request: HelpRequest) -> bool:
    """Only who asked knows how the help was (REC-105)."""
    return by.is_active and by.pk == request.requester_id


def can_remove_pin(by: User, pin: PhotoPin) -> bool:
    """Who set it, and whose photo it is on."""
    return by.is_active and by.pk in {pin.by_id, pin.photo.request.requester_id}
