"""A booking comes to nothing: called off, never answered, or nobody came."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from courses.models import Course
from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import system

from ..errors import BookingNotThere, NothingToCancel, TimeHasCome
from ..models import Booking
from ..permissions import can_cancel
from .answering import locked
from .requesting import words
from .telling import take_back, tell


@transaction.atomic
def cancel_booking(*, booking_id: UUID, by: User, reply: str = "") -> Booking:
    """Call off a session before its time, with a word if one likes; the other one is told, and the time is free again.

    Cancelling again changes nothing. Raises BookingNotThere, NothingToCancel, TimeHasCome, and what refuses `reply`.
    """
    booking = locked(booking_id)
    if not can_cancel(by, booking):
        raise BookingNotThere
    text = words(reply, by)
    if booking.status == Booking.Status.CANCELLED:
        return booking
    if not booking.is_live:
        raise NothingToCancel
    if booking.starts_at <= timezone.now() and by.pk in booking.parties():
        raise TimeHasCome
    booking.cancelled_by, booking.reply = by, text
    _close(booking, Booking.Status.CANCELLED)
    for person in (booking.student, booking.helper):
        tell(booking, "cancelled", to=person, by=by, description=text)
    return booking


@transaction.atomic
def cancel_all_of(*, student: User | None = None, helper: User | None = None, course: Course | None = None) -> int:
    """Call off, by the system, what a student has ahead, or a helper; in one course if it is given.

    Returns how many that were; again there are none.
    """
    mine = Q(student=student) if student else Q(helper=helper)
    rows = Booking.objects.live().filter(mine, **({"course": course} if course else {}))
    ids = list(rows.values_list("pk", flat=True))
    for booking_id in ids:
        cancel_booking(booking_id=booking_id, by=system())
    return len(ids)


@transaction.atomic
def expire_booking(*, booking_id: UUID) -> bool:
    """Close a request that was not answered in time; whether this call did it. Before its time nothing changes."""
    booking = Booking.objects.overdue().select_for_update(of=("self",)).with_all().filter(pk=booking_id).first()
    if booking is None:
        return False
    _close(booking, Booking.Status.EXPIRED)
    tell(booking, "expired", to=booking.student, by=booking.helper)
    return True


def expire_due() -> int:
    """Close every request whose time is over; returns how many this call closed."""
    return sum(expire_booking(booking_id=each) for each in list(Booking.objects.overdue().values_list("pk", flat=True)))


@transaction.atomic
def miss_passed() -> int:
    """Note of every session that its time is over and nobody came; returns how many this call noted."""
    return Booking.objects.passed().update(status=Booking.Status.MISSED, remind_at=None, changed_at=timezone.now())


def _close(booking: Booking, status: Booking.Status) -> None:
    booking.status, booking.remind_at, booking.changed_at = status, None, timezone.now()
    booking.sequence += 1
    fields = ["status", "remind_at", "changed_at", "sequence", "cancelled_by", "reply"]
    booking.save(update_fields=fields)
    booking.booked_quarters.all().delete()
    take_back(booking)
