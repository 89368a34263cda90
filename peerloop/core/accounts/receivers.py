"""Answers to what the session store and allauth report."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest

from .models import SYSTEM_ID, User
from .services import end_sessions
from .signals import session_ended


def make_system(**kwargs: Any) -> None:
    """The first migration makes it; a database that was emptied since, as tests do, gets it back."""
    if not User.objects.filter(pk=SYSTEM_ID).exists():
        User.objects.create_user("peerloop", "system@peerloop.invalid", id=SYSTEM_ID, name="PeerLoop", is_active=False)


@receiver(post_delete, sender=Session)
def tell_that_a_session_ended(instance: Session, **kwargs: Any) -> None:
    # Every way out deletes the row: sign-out, sign-out elsewhere, a new key after sign-in or a password change.
    key = instance.session_key  # Django empties the deleted object's key before the commit
    transaction.on_commit(lambda: session_ended.send(Session, session_key=key))


@receiver([password_changed, password_set, password_reset])
def sign_out_elsewhere(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever knew the old password is out, at once and not at their next click."""
    own = request.session.session_key if request.user.is_authenticated else None
    end_sessions(user=user, keep=own, by=user)
