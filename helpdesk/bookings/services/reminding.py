"""Reminders. The next one stands in the row, so that none is lost when the worker sleeps, and none is sent twice."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ..models import Booking
from .telling import tell_reminder


@transaction.atomic
def remind(*, booking_id: UUID) -> bool:
    """Send the reminder that is due, and note the next; whether this call did.

    Both happen or neither does. Again, too early, cancelled meanwhile or already begun: nothing is sent. Of several
    that were missed while nobody swept, one is sent.
    """
    due = Booking.objects.to_remind().select_for_update(of=("self",)).with_all()
    booking = due.filter(pk=booking_id).first()
    if booking is None or booking.remind_at is None:
        return False
    now, was_due = timezone.now(), booking.remind_at
    is_ahead = booking.starts_at > now
    booking.remind_at = booking.next_reminder(after=now)
    booking.reminded_at = now if is_ahead else booking.reminded_at
    booking.save(update_fields=["remind_at", "reminded_at"])
    if is_ahead:
        tell_reminder(booking, was_due)
    return is_ahead


def remind_due() -> int:
    """Send every reminder that is due; returns how many this call sent."""
    ids = list(Booking.objects.to_remind().order_by("remind_at").values_list("pk", flat=True))
    return sum(remind(booking_id=booking_id) for booking_id in ids)
