"""The verbs of presence."""

from functools import partial

from django.db import transaction

from peerloop.core.accounts.models import User

from .errors import OnlyHelpers
from .models import Availability
from .permissions import can_set_availability
from .signals import availability_changed


@transaction.atomic
def set_availability(*, user: User, available: bool, by: User) -> Availability:
    """Turn the "Available to Help" switch of `user`. Turning it where it stands changes and tells nothing.

    Raises OnlyHelpers when `by` may not.
    """
    if not can_set_availability(by, user, available):
        raise OnlyHelpers
    availability, _ = Availability.objects.get_or_create(user=user)
    # One conditional write: of two that turn it at once, one changes it and tells.
    if Availability.objects.filter(user=user).exclude(is_available=available).update(is_available=available):
        transaction.on_commit(partial(availability_changed.send, Availability, user=user, available=available))
    availability.is_available = available
    return availability
