"""Reads of devices."""

from peerloop.core.accounts.models import User

from .models import PushDevice


def devices_of(user: User) -> list[PushDevice]:
    """The devices of `user`, the newest first. One query."""
    return list(PushDevice.objects.visible_to(user).order_by("-created_at", "-pk"))
