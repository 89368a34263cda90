"""Who may report, and who may decide about whom."""

from django.contrib.auth.models import AnonymousUser

from peerloop.core.accounts.models import User


def can_flag(by: User, author: User) -> bool:
    """Anybody active may report what is not their own."""
    return by.is_active and by.pk != author.pk


def can_moderate(by: User | AnonymousUser) -> bool:
    """Active staff, and the system."""
    return isinstance(by, User) and (by.is_system or (by.is_active and by.is_staff))


def can_act_on(by: User, person: User) -> bool:
    """A moderator about anybody but themself and the system; about superusers only superusers."""
    if not can_moderate(by) or by.pk == person.pk or person.is_system:
        return False
    return by.is_superuser or not person.is_superuser
