from django.contrib import admin
from django.http import HttpRequest

from .models import Upload


@admin.register(Upload)
class UploadAdmin(admin.ModelAdmin):
    """To see who uploads how much; pictures are hidden with what they belong to."""

    list_display = ("created_at", "owner", "width", "height", "bytes", "content_type", "attached_at")
    list_select_related = ("owner",)
    list_filter = ("content_type", ("attached_at", admin.EmptyFieldListFilter))
    search_fields = ("owner__username", "owner__name")
    date_hierarchy = "created_at"
    fields = (*list_display, "file")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Upload | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Upload | None = None) -> bool:
        return False
