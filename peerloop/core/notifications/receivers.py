"""Whose account is forgotten, is told nothing more, and what they were told goes with them."""

from typing import Any

from django.dispatch import receiver

from peerloop.core.accounts.models import User
from peerloop.core.accounts.signals import account_deleted

from .services import forget


@receiver(account_deleted)
def forget_notifications(user: User, **about: Any) -> None:
    forget(user=user)
