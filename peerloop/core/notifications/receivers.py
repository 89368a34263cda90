"""Who leaves is told nothing more, and what they were told goes with them. Who moves takes the hour along."""

from typing import Any

from django.dispatch import receiver

from peerloop.core.accounts.models import User
from peerloop.core.accounts.signals import account_deleted, profile_changed

from .services import forget, replan


@receiver(account_deleted)
def forget_notifications(user: User, **about: Any) -> None:
    forget(user=user)


@receiver(profile_changed)
def replan_digest(user: User, **about: Any) -> None:
    replan(user=user)
