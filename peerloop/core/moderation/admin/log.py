"""The audit log, to read, and the page of one person."""

from typing import Any

from django.contrib import admin
from django.urls import URLPattern, path
from django.utils.html import format_html

from ..models import Act
from .desk import DeskAdmin
from .people import person_view


@admin.register(Act)
class ActAdmin(DeskAdmin):
    list_display = ("created_at", "by", "verb", "person", "about", "reason", "reversed")
    list_select_related = ("by", "person", "item", "reversed_by")
    list_filter = ("verb", ("by", admin.RelatedOnlyFieldListFilter))
    search_fields = ("reason", "person__username", "person__name", "by__username", "item__text")
    date_hierarchy = "created_at"
    fields = ("created_at", "by", "verb", "person", "item", "reason", "before", "after", "reverses")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(person_view)
        return [path("people/<uuid:person_id>/", view, name="moderation_person"), *super().get_urls()]

    @admin.display(description="case")
    def about(self, act: Act) -> Any:
        return format_html('<a href="{}">{}</a>', act.item.get_absolute_url(), act.item.kind_label) if act.item else ""

    @admin.display(description="taken back")
    def reversed(self, act: Act) -> str:
        return "Yes" if hasattr(act, "reversed_by") else ""
