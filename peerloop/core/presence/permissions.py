"""Who may turn whose availability."""

from peerloop.core.accounts.models import User


def can_set_availability(by: User, user: User, available: bool) -> bool:
    """Whether `by` may turn the switch of `user`: helpers their own, staff and the system only ever off."""
    if by.pk == user.pk:
        return by.is_active and by.is_helper
    return not available and (by.is_system or (by.is_active and by.is_staff))
