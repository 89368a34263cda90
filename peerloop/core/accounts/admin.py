from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from .models import SYSTEM_ID, User

# The admin's own sign-in page knows neither two-factor nor limits on tries.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class Standing(admin.SimpleListFilter):
    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("active", "Active"), ("muted", "Muted"), ("banned", "Banned"), ("deleted", "Deleted")]

    def queryset(self, request: HttpRequest, users: QuerySet[User]) -> QuerySet[User]:
        match self.value():
            case "active":
                return users.filter(is_active=True)
            case "muted":
                return users.filter(muted_until__gt=timezone.now())
            case "banned":
                return users.filter(banned_at__isnull=False)
            case "deleted":
                return users.filter(deleted_at__isnull=False)
        return users


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Read-only but for rights: profiles belong to people, and standing is changed by moderation's actions."""

    list_display = ("username", "name", "email", "role", "is_staff", "is_active", "created_at", "last_seen_at")
    list_filter = (Standing, "role", "is_staff", "groups")
    search_fields = ("username", "name", "email")
    ordering = ("-created_at",)
    date_hierarchy = "created_at"
    filter_horizontal = ("groups", "user_permissions")
    list_per_page = 50
    show_full_result_count = False
    editable = ("is_staff", "is_superuser", "groups", "user_permissions")
    fieldsets = (
        (None, {"fields": ("username", "name", "email", "bio", "avatar", "time_zone", "role")}),
        ("Standing", {"fields": ("is_active", "muted_until", "banned_at", "deleted_at")}),
        ("Rights", {"fields": editable}),
        ("Dates", {"fields": ("created_at", "last_login", "last_seen_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).exclude(pk=SYSTEM_ID)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        # Only a superuser may hand out rights; a staff member who could would soon be one.
        shown = [str(name) for _, part in self.fieldsets for name in part["fields"]]
        return [name for name in shown if name not in self.editable or not request.user.is_superuser]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False
