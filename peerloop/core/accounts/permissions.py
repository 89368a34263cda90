"""Who may change an account."""

from .models import User


def can_edit_profile(by: User, user: User) -> bool:
    """Only the person themself; staff hide and ban, they do not write in another's name."""
    return by.is_active and by.pk == user.pk


def can_delete_account(by: User, user: User) -> bool:
    """The person themself, or a superuser who was asked to."""
    return can_edit_profile(by, user) or (by.is_active and by.is_superuser)
