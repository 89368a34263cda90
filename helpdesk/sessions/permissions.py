"""Who may do what in a session: its two people may talk and end it; the system ends what was abandoned."""

from peerloop.core.accounts.models import User

from .models import HelpSession


def can_talk(by: User, session: HelpSession) -> bool:
    """Whether `by` may write in the session until it is over: its student and its helper."""
    return by.is_active and bool(session.party(by))


def can_start(by: User, session: HelpSession) -> bool:
    """Its helper."""
    return by.is_active and by.pk == session.helper_id


def can_end(by: User, session: HelpSession) -> bool:
    """Its two people; staff and the system end what was abandoned."""
    return by.is_system or (by.is_active and (by.is_staff or bool(session.party(by))))
