"""Everybody has an account: from the creation of the user on, or at the latest from the next sign-in. What somebody
has shown to know goes with the account.
"""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from django.dispatch import receiver

from peerloop.core.accounts.models import User
from peerloop.core.accounts.signals import account_deleted

from .services import forget_expertise, open_account


@receiver(post_save, sender=User)
def open_for_new_user(instance: User, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw and not instance.is_system:
        open_account(user=instance)


@receiver(user_logged_in)
def open_if_missing(user: User, **kwargs: Any) -> None:
    open_account(user=user)


@receiver(account_deleted)
def forget_what_they_knew(user: User, **kwargs: Any) -> None:
    forget_expertise(user=user)
