from django.contrib import admin
from django.http import HttpRequest

from .models import AnalyticsEvent


@admin.register(AnalyticsEvent)
class AnalyticsEventAdmin(admin.ModelAdmin):
    """To look at; nothing here is ever written by hand."""

    list_display = ("at", "name", "user", "data")
    list_filter = ("name",)
    list_select_related = ("user",)
    date_hierarchy = "at"
    search_fields = ("user__username",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AnalyticsEvent | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AnalyticsEvent | None = None) -> bool:
        return False
