from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import HelpSession


class ReadOnly:
    """To look at; what happens to sessions and summons happens through their services."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(HelpSession)
class HelpSessionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = (
        "started_at",
        "student",
        "helper",
        "course",
        "status",
        "outcome",
        "duration",
        "ended_by",
        "helper_left_at",
    )
    list_select_related = ("student", "helper", "course")
    list_filter = ("status", "outcome", "course")
    # How often each outcome came about stands beside it.
    show_facets = admin.ShowFacets.ALWAYS
    search_fields = ("student__username", "helper__username")
    date_hierarchy = "created_at"
    show_full_result_count = False
