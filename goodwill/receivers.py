"""Everybody has an account: from the creation of the user on, or at the latest from the next sign-in."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from django.dispatch import receiver

from peerloop.core.accounts.models import User

from .services import open_account


@receiver(post_save, sender=User)
def open_for_new_user(instance: User, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw and not instance.is_system:
        open_account(user=instance)


@receiver(user_logged_in)
def open_if_missing(user: User, **kwargs: Any) -> None:
    open_account(user=user)
