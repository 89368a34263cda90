"""The JSON door of presence."""

from ninja import Router, Schema

from peerloop.core.accounts.models import User
from peerloop.core.accounts.requests import CallerRequest

from . import services

router = Router(tags=["presence"])


class AvailabilityStatus(Schema):
    available_for_help: bool


class Problem(Schema):
    error: str


@router.post(
    "/users/me/availability/status", response={200: AvailabilityStatus, 400: Problem, 401: Problem, 403: Problem}
)
def set_availability(request: CallerRequest, wanted: AvailabilityStatus) -> AvailabilityStatus:
    """Say whether the caller, a helper, is available to help."""
    caller: User = request.auth
    switch = services.set_availability(user=caller, available=wanted.available_for_help, by=caller)
    return AvailabilityStatus(available_for_help=switch.is_available)
