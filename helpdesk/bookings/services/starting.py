"""At its time a booking becomes a session: an answered summons, with everything that belongs to one."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.errors import Refusal

from ...sessions.errors import HelperBusy, StudentBusy
from ...summons.models import HelpSummons
from ...summons.services.booked import connect_booked
from ..errors import BookingNotThere, NotAgreed, NotOpenYet, OtherIsBusy, TimeIsOver, YouAreBusy
from ..models import Booking
from ..permissions import can_start
from .answering import locked
from .telling import tell_started


@transaction.atomic
def start_booking(*, booking_id: UUID, by: User) -> HelpSummons:
    """Open the session of a booking and tell the other one; while it goes on, whoever presses gets the same one.

    Possible from PEERLOOP.BOOKING_OPENS_MINUTES before its time until its end; should the session have ended before
    that, another one opens. Raises BookingNotThere, NotAgreed, NotOpenYet, TimeIsOver, SummonOff, YouAreBusy,
    OtherIsBusy; then nothing has changed.
    """
    booking = locked(booking_id)
    if not can_start(by, booking):
        raise BookingNotThere
    if booking.is_running and booking.summons:
        return booking.summons
    if refusal := _refusal(booking):
        raise refusal
    booking.summons = _connect(booking, by)
    booking.status, booking.remind_at, booking.changed_at = Booking.Status.HELD, None, timezone.now()
    booking.save(update_fields=["status", "summons", "remind_at", "changed_at"])
    tell_started(booking, by=by)
    return booking.summons


def _refusal(booking: Booking) -> Refusal | None:
    if booking.is_open:
        return None
    if booking.status in (Booking.Status.ACCEPTED, Booking.Status.HELD, Booking.Status.MISSED):
        early = NotOpenYet(minutes=settings.PEERLOOP.BOOKING_OPENS_MINUTES)
        return early if timezone.now() < booking.opens_at else TimeIsOver()
    return NotAgreed()


def _connect(booking: Booking, by: User) -> HelpSummons:
    try:
        return connect_booked(
            course=booking.course,
            student=booking.student,
            helper=booking.helper,
            module=booking.module,
            message=booking.note,
            by=by,
        )
    except HelperBusy:
        raise _busy(booking.helper, by) from None
    except StudentBusy:
        raise _busy(booking.student, by) from None


def _busy(person: User, by: User) -> Refusal:
    return YouAreBusy() if person.pk == by.pk else OtherIsBusy(name=person.display_name)
