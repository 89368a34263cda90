"""The helper accepts or declines."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from courses.permissions import is_certified
from peerloop.core.accounts.models import User

from ..errors import BookingNotThere, CancelInstead, NotAsked, NotWaiting, NotYourCourseAnyMore
from ..models import Booking
from ..permissions import can_answer
from .requesting import words
from .telling import take_back, tell


@transaction.atomic
def accept_booking(*, booking_id: UUID, by: User, reply: str = "") -> Booking:
    """Agree to the session, with a word if one likes. Accepting again changes nothing.

    Raises BookingNotThere, NotAsked, NotWaiting (over, or too late), NotYourCourseAnyMore, and what refuses `reply`.
    """
    booking, text = _asked(booking_id, by), words(reply, by)
    if booking.is_accepted:
        return booking
    if not _is_waiting(booking):
        raise NotWaiting
    if not is_certified(by, booking.course):
        raise NotYourCourseAnyMore
    booking.remind_at = booking.next_reminder(after=timezone.now())
    _decide(booking, Booking.Status.ACCEPTED, text)
    tell(booking, "accepted", to=booking.student, by=by, description=text)
    return booking


@transaction.atomic
def decline_booking(*, booking_id: UUID, by: User, reply: str = "") -> Booking:
    """Say no to a request, with a word if one likes; its time is free again. Declining again changes nothing.

    Raises BookingNotThere, NotAsked, CancelInstead (it was accepted), NotWaiting, and what refuses `reply`.
    """
    booking, text = _asked(booking_id, by), words(reply, by)
    if booking.status == Booking.Status.DECLINED:
        return booking
    if booking.is_accepted:
        raise CancelInstead
    if not _is_waiting(booking):
        raise NotWaiting
    _decide(booking, Booking.Status.DECLINED, text)
    booking.booked_quarters.all().delete()
    tell(booking, "declined", to=booking.student, by=by, description=text)
    return booking


def locked(booking_id: UUID) -> Booking:
    """The booking with everything of it, its row locked. Raises BookingNotThere.

    Read after the lock is there: what it is joined to may have come while this waited.
    """
    if Booking.objects.select_for_update().filter(pk=booking_id).first() is None:
        raise BookingNotThere
    return Booking.objects.with_all().get(pk=booking_id)


def _asked(booking_id: UUID, by: User) -> Booking:
    booking = locked(booking_id)
    if by.pk not in booking.parties():
        raise BookingNotThere
    if not can_answer(by, booking):
        raise NotAsked
    return booking


def _is_waiting(booking: Booking) -> bool:
    return booking.is_requested and booking.expires_at > timezone.now()


def _decide(booking: Booking, status: Booking.Status, reply: str) -> None:
    now = timezone.now()
    booking.status, booking.reply, booking.decided_at, booking.changed_at = status, reply, now, now
    booking.sequence += 1
    booking.save(update_fields=["status", "reply", "decided_at", "remind_at", "changed_at", "sequence"])
    take_back(booking)
