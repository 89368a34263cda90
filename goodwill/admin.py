"""The staff door: the ledger and the votes can be read here and by nobody written; what people know can be verified."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal

from .models import Account, Entry, Evidence, HelpfulVote, Transaction, UserExpertise
from .services import unverify_expertise, verify_expertise


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


@admin.register(HelpfulVote)
class HelpfulVoteAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("created_at", "voter", "is_helpful", "content_type", "content_id")
    list_select_related = ("voter",)
    list_filter = ("content_type", "is_helpful")
    search_fields = ("voter__username", "content_id")
    show_full_result_count = False


class EvidenceInline(ReadOnly, admin.TabularInline):
    model = Evidence
    fields = ("kind", "content_id", "points", "created_at")


@admin.register(UserExpertise)
class UserExpertiseAdmin(ReadOnly, admin.ModelAdmin):
    """What people have shown to know; staff vouch for it by the two actions."""

    list_display = ("user", "category", "subcategory", "expertise_level", "reputation_score", "verified_by")
    list_select_related = ("user", "verified_by")
    list_filter = ("category", "expertise_level", "evidence_type")
    search_fields = ("user__username", "user__name", "subcategory")
    inlines = (EvidenceInline,)
    actions = ("verify", "take_back_verification")

    @admin.action(description="Verify, in my name")
    def verify(self, request: MemberRequest, chosen: QuerySet[UserExpertise]) -> None:
        self.change_all(request, chosen, verify_expertise, "Verified")

    @admin.action(description="Take the verification back")
    def take_back_verification(self, request: MemberRequest, chosen: QuerySet[UserExpertise]) -> None:
        self.change_all(request, chosen, unverify_expertise, "Not verified any more")

    def change_all(
        self, request: MemberRequest, chosen: QuerySet[UserExpertise], change: Callable[..., object], said: str
    ) -> None:
        done = 0
        for expertise_id in chosen.values_list("pk", flat=True):
            try:
                change(expertise_id=expertise_id, by=request.user)
                done += 1
            except Refusal as refusal:
                self.message_user(request, refusal.sentence, messages.WARNING)
        self.message_user(request, f"{said}: {done}", messages.SUCCESS)
