from django.contrib import admin
from django.http import HttpRequest

from .features import features
from .models import Flag


@admin.register(Flag)
class FlagAdmin(admin.ModelAdmin):
    list_display = ("name", "everyone", "share", "needed")
    filter_horizontal = ("groups",)
    autocomplete_fields = ("people",)
    fields = ("name", "needed", "everyone", "share", "groups", "people")
    readonly_fields = ("name", "needed")

    @admin.display(description="needs")
    def needed(self, flag: Flag) -> str:
        return ", ".join(features[need].label for need in features[flag.name].needs) or "-"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Flag | None = None) -> bool:
        return False
