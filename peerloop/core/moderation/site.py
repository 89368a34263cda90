from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse

from .models import FlaggedItem

# Apps of the admin's index by subject; what is in none stands last, under its own name.
GROUPS = {
    "Moderation": ["moderation"],
    "People": ["accounts", "flags", "notifications", "presence", "auth"],
    "Signing in": ["account", "mfa", "socialaccount", "usersessions"],
    "Courses and chat": ["courses", "chat", "uploads", "conversations"],
    "Goodwill": ["goodwill"],
}


class PeerLoopSite(AdminSite):
    """The staff's desk: moderation first, and everything else by subject."""

    site_header = site_title = "PeerLoop moderation"
    index_title = "The desk"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        waiting = FlaggedItem.objects.open()
        shown = {"waiting": waiting.count(), "oldest": waiting.first(), **(extra_context or {})}
        return super().index(request, shown)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        apps = {app["app_label"]: app for app in super().get_app_list(request, app_label)}
        if app_label:
            return list(apps.values())
        groups = [
            _group(name, [apps.pop(label) for label in labels if label in apps]) for name, labels in GROUPS.items()
        ]
        return [group for group in groups if group["models"]] + list(apps.values())


def _group(name: str, apps: list[dict[str, Any]]) -> dict[str, Any]:
    first = apps[0] if apps else {}
    return {**first, "name": name, "models": [model for app in apps for model in app["models"]]}
