"""What notifications show in the shell: the bell for everybody who is signed in, and their entries in the menus."""

from typing import Any

from django.http import HttpRequest

from peerloop.core import slots
from peerloop.core.markup import navigation

from .queries import feed


def own_feed(request: HttpRequest | None, given: dict[str, Any]) -> dict[str, Any] | None:
    return {"feed": feed(request.user)} if request and request.user.is_authenticated else None


slots.fill("shell.tools", "notifications/_tool.html", context=own_feed, order=20)
slots.fill("settings.tabs", "notifications/_tab.html")
navigation.add(
    "notifications", "Notifications", icon="bell", places={"account"}, order=30, shown_to=navigation.signed_in
)
