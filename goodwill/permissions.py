"""Who may vote, and who may vouch for what somebody knows."""

from uuid import UUID

from peerloop.core.accounts.models import User


def can_vote(by: User, author_id: UUID) -> bool:
    """Anybody active, on what is not their own."""
    return by.is_active and by.pk != author_id


def can_verify(by: User) -> bool:
    """Active staff."""
    return by.is_active and by.is_staff
