"""Answers to what happens below: a deleted account leaves its courses."""

from typing import Any

from django.dispatch import receiver

from peerloop.core.accounts.models import User
from peerloop.core.accounts.signals import account_deleted

from .services import forget_person


@receiver(account_deleted)
def leave_all(user: User, **kwargs: Any) -> None:
    forget_person(user=user)
