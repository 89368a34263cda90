"""Who may book, who may answer, who may call it off, who may look."""

from django.contrib.auth.models import AnonymousUser

from courses.models import Course
from courses.permissions import is_enrolled
from peerloop.core.accounts.models import User
from peerloop.core.errors import SignInNeeded
from peerloop.core.flags.permissions import can_access

from ..summons.errors import SummonOff
from .errors import EnrolToBook
from .models import Booking


def check_can_book(user: User | AnonymousUser, course: Course) -> None:
    """Raises SignInNeeded, SummonOff or EnrolToBook: why `user` may not ask for a session in the course."""
    if not user.is_authenticated:
        raise SignInNeeded
    if not can_access(user, "summon_help"):
        raise SummonOff
    if not is_enrolled(user, course):
        raise EnrolToBook


def can_answer(by: User, booking: Booking) -> bool:
    """The helper who was asked."""
    return by.is_active and by.pk == booking.helper_id


def can_cancel(by: User, booking: Booking) -> bool:
    """Its two people; staff, and the system when one of the two is gone."""
    return by.is_system or (by.is_active and (by.is_staff or by.pk in booking.parties()))


def can_start(by: User, booking: Booking) -> bool:
    """Its two people."""
    return by.is_active and by.pk in booking.parties()
