"""The staff door: the ledger can be read here, and by nobody written."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Account, Entry, Transaction


class ReadOnly:
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EntryInline(ReadOnly, admin.TabularInline):
    model = Entry
    fields = ("account", "amount")


@admin.register(Account)
class AccountAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("user", "balance", "issues", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__name", "user__email")


@admin.register(Transaction)
class TransactionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("created_at", "from_user", "to_user", "points", "reason", "reference_id")
    list_select_related = ("from_user", "to_user")
    list_filter = ("reason",)
    search_fields = ("from_user__username", "to_user__username", "reference_id")
    date_hierarchy = "created_at"
    inlines = (EntryInline,)
