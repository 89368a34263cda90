from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from peerloop.core.accounts.requests import MemberRequest

from ..sessions.admin import ReadOnly
from .expectations import truth
from .models import HelpSummons
from .services.ending import end_abandoned


@admin.register(HelpSummons)
class HelpSummonsAdmin(ReadOnly, admin.ModelAdmin):
    """To look at, and to end a session that its two people left open."""

    list_display = (
        "created_at",
        "student",
        "course",
        "status",
        "responder",
        "expected_seconds",
        "accepted_at",
        "closed_at",
    )
    list_select_related = ("student", "course", "responder")
    list_filter = ("status", "course")
    search_fields = ("student__username", "responder__username")
    date_hierarchy = "created_at"
    show_full_result_count = False
    change_list_template = "admin/helpdesk/summons/change_list.html"
    actions = ("end_abandoned_session",)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, under the figure that says how often the expected wait was true."""
        return super().changelist_view(
            request, {**(extra_context or {}), "truth": truth(), "minimum": settings.PEERLOOP.EXPECTATION_MINIMUM}
        )

    @admin.action(description="End abandoned session")
    def end_abandoned_session(self, request: MemberRequest, chosen: QuerySet[HelpSummons]) -> None:
        """Only of those that are connected; the others stay as they are."""
        accepted = list(chosen.filter(status="accepted"))
        for summons in accepted:
            end_abandoned(summons_id=summons.pk, by=request.user)
        self.message_user(request, f"Ended: {len(accepted)}", messages.SUCCESS)
