"""What is done to accounts. Moderation and certification call these; nobody else writes a user."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from .models import SYSTEM_ID, User
from .signals import access_lost


def system() -> User:
    """The acting "person" of machines."""
    return User.objects.get(pk=SYSTEM_ID)


@transaction.atomic
def set_role(*, user: User, role: User.Role, by: User) -> User:
    """Make `user` a student or a helper. Setting the role it has changes nothing."""
    User.objects.filter(pk=user.pk).update(role=role)
    user.role = role
    return user


@transaction.atomic
def mute_account(*, user: User, until: datetime | None, by: User) -> User:
    """Stop `user` from posting until `until` (aware), or let it post again with None. Repeating it is harmless."""
    User.objects.filter(pk=user.pk).update(muted_until=until)
    user.muted_until = until
    return user


@transaction.atomic
def ban_account(*, user: User, by: User) -> User:
    """Close the account's access now: sign-in refused, open sockets closed. Repeating it is harmless."""
    user.is_active, user.banned_at = False, user.banned_at or timezone.now()
    user.save(update_fields=["is_active", "banned_at"])
    transaction.on_commit(lambda: access_lost.send(User, user=user))
    return user


@transaction.atomic
def unban_account(*, user: User, by: User) -> User:
    """Give a banned account its access back. On an account that is not banned it changes nothing."""
    if user.banned_at:
        user.is_active, user.banned_at = True, None
        user.save(update_fields=["is_active", "banned_at"])
    return user
