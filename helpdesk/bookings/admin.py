from django.contrib import admin, messages
from django.db.models import QuerySet

from peerloop.core.accounts.requests import MemberRequest

from ..sessions.admin import ReadOnly
from .models import Booking
from .services.ending import cancel_booking


@admin.register(Booking)
class BookingAdmin(ReadOnly, admin.ModelAdmin):
    """To look at, and to call off for two people who cannot."""

    list_display = ("starts_at", "student", "helper", "course", "status", "created_at", "decided_at", "cancelled_by")
    list_select_related = ("student", "helper", "course", "cancelled_by")
    list_filter = ("status", "course")
    search_fields = ("student__username", "helper__username")
    date_hierarchy = "starts_at"
    show_full_result_count = False
    actions = ("cancel_bookings",)

    @admin.action(description="Cancel, and tell both")
    def cancel_bookings(self, request: MemberRequest, chosen: QuerySet[Booking]) -> None:
        """Only of those that are still ahead; the others stay as they are."""
        live = list(chosen.filter(status__in=("requested", "accepted")).values_list("pk", flat=True))
        for booking_id in live:
            cancel_booking(booking_id=booking_id, by=request.user)
        self.message_user(request, f"Cancelled: {len(live)}", messages.SUCCESS)
