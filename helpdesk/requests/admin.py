from django.contrib import admin, messages
from django.db.models import QuerySet

from peerloop.core.accounts.requests import MemberRequest

from ..sessions.admin import ReadOnly
from .models import Claim, HelpRequest
from .services.holding import end_abandoned


@admin.register(HelpRequest)
class HelpRequestAdmin(ReadOnly, admin.ModelAdmin):
    list_display = (
        "created_at",
        "title",
        "requester",
        "category",
        "status",
        "amount",
        "payment_status",
        "assigned_helper",
        "ending",
    )
    list_select_related = ("requester", "assigned_helper")
    list_filter = (("amount", admin.EmptyFieldListFilter), "status", "payment_status", "ending", "category")
    search_fields = ("title", "requester__username", "payment_intent_id")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(Claim)
class ClaimAdmin(ReadOnly, admin.ModelAdmin):
    """To look at, and to end what its helper has abandoned: no money is taken then."""

    list_display = ("created_at", "request", "helper", "status", "start_by", "seen_at", "ended_at")
    list_select_related = ("request", "helper")
    list_filter = ("status",)
    search_fields = ("helper__username", "request__requester__username", "request__title")
    date_hierarchy = "created_at"
    show_full_result_count = False
    actions = ("end_sessions",)

    @admin.action(description="End as abandoned, without taking money")
    def end_sessions(self, request: MemberRequest, chosen: QuerySet[Claim]) -> None:
        """A session that never began goes to another helper."""
        ended = [end_abandoned(claim_id=each.pk, by=request.user) for each in chosen]
        self.message_user(request, f"Ended: {sum(ended)}", messages.SUCCESS)
