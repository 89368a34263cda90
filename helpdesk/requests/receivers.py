"""Answers to what happens elsewhere: who cannot come does not leave the other one waiting, nor money on hold."""

from typing import Any

from django.dispatch import receiver

from peerloop.core.accounts.models import User
from peerloop.core.accounts.signals import access_lost, account_deleted

from .services.hiding import forget_person, free_taken_requests
from .services.leaving import close_all_of


@receiver(access_lost)
def close_what_is_open(sender: Any, user: User, **about: Any) -> None:
    """Banned or deleted; who only signed out everywhere keeps what is going on."""
    if not user.is_active:
        close_all_of(user=user)
        free_taken_requests(user=user)


@receiver(account_deleted)
def close_of_deleted(sender: Any, user: User, **about: Any) -> None:
    close_all_of(user=user)
    forget_person(user=user)
