"""The first start makes the key; who signed out, was banned or left is pushed nothing more."""

from typing import Any

from django.dispatch import receiver

from peerloop.core.accounts.models import User
from peerloop.core.accounts.signals import access_lost, account_deleted, session_ended

from .services.devices import forget_devices, forget_session
from .services.keys import private_key


def have_a_key(**about: Any) -> None:
    private_key()


@receiver(session_ended)
def forget_the_browser(sender: Any, session_key: str, **about: Any) -> None:
    forget_session(session_key=session_key)


@receiver([access_lost, account_deleted])
def forget_the_person(sender: Any, user: User, **about: Any) -> None:
    forget_devices(user=user)
