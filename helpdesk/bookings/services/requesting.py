"""A student asks for a session at a time. Of many who ask at once for one time the database lets one through."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from courses.models import Course, Module
from peerloop.core.accounts.models import User
from peerloop.core.conversations.errors import ForbiddenCharacters
from peerloop.core.conversations.log import clean
from peerloop.core.conversations.services import UNSEEN, muted_refusal
from peerloop.core.errors import NotThere, Refusal
from peerloop.core.limits import at_most

from ...summons.errors import ModuleNotInCourse, QuestionTooLong
from ..errors import OwnTimeTaken, TimeNotOffered, TimeTaken, TooManyBookings
from ..models import MESSAGE_CHARACTERS, BookedQuarter, Booking
from ..permissions import check_can_book
from ..queries import bookable_helpers, free_times
from ..times import length
from .telling import tell


@transaction.atomic
def request_booking(
    *, course_id: UUID, helper_id: UUID, starts_at: datetime, by: User, note: str = "", module_id: UUID | None = None
) -> Booking:
    """Ask the helper for a session of PEERLOOP.BOOKING_MINUTES at `starts_at` (aware), one of the times offered.

    Asking again for the same returns what stands. Raises NotThere, SummonOff, EnrolToBook, ModuleNotInCourse,
    QuestionTooLong, ForbiddenCharacters, Muted, TooManyBookings, TimeNotOffered, TimeTaken, OwnTimeTaken, TooFast.
    """
    student: User = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    course = course_to_book(course_id, by)
    module, text = _module(course, module_id), words(note, student)
    if standing := _standing(student, helper_id, starts_at):
        return standing
    if Booking.objects.live().filter(student=student).count() >= settings.PEERLOOP.BOOKINGS_AHEAD:
        raise TooManyBookings(limit=settings.PEERLOOP.BOOKINGS_AHEAD)
    helper = _offered(course, helper_id, starts_at, student)
    try:
        with transaction.atomic():
            booking = _store(
                course=course, module=module, student=student, helper=helper, note=text, starts_at=starts_at
            )
    except IntegrityError:
        raise TimeTaken from None
    at_most("booking", by.pk, times=settings.PEERLOOP.BOOKINGS_AN_HOUR, seconds=3600)
    tell(booking, "requested", to=helper, by=student, description=text)
    return booking


def course_to_book(course_id: UUID, by: User) -> Course:
    """The course, if `by` may book in it. Raises NotThere, SummonOff, EnrolToBook."""
    course = Course.objects.visible_to(by).filter(pk=course_id).first()
    if course is None:
        raise NotThere
    check_can_book(by, course)
    return course


def words(text: str, by: User) -> str:
    """What somebody writes to the other one, as it is stored. Raises Muted, ForbiddenCharacters, QuestionTooLong."""
    text = clean(text)
    if text and (refusal := muted_refusal(by.muted_until)):
        raise refusal
    if UNSEEN.search(text):
        raise ForbiddenCharacters
    if len(text) > MESSAGE_CHARACTERS:
        raise QuestionTooLong(length=len(text), limit=MESSAGE_CHARACTERS)
    return text


def _module(course: Course, module_id: UUID | None) -> Module | None:
    if module_id is None:
        return None
    module = course.modules.filter(pk=module_id).first()
    if module is None:
        raise ModuleNotInCourse
    return module


def _standing(student: User, helper_id: UUID, starts_at: datetime) -> Booking | None:
    same = Booking.objects.live().filter(student=student, helper=helper_id, starts_at=starts_at)
    return same.with_all().first()


def _offered(course: Course, helper_id: UUID, starts_at: datetime, student: User) -> User:
    """The helper, if the time is one of those that the page offers. Raises the reason why it is not."""
    helpers = [each for each in bookable_helpers(course, student) if each.pk == helper_id]
    if starts_at not in {free.starts_at for free in free_times(helpers, student)}:
        raise _refusal(helper_id, starts_at, student)
    return helpers[0]


def _refusal(helper_id: UUID, starts_at: datetime, student: User) -> Refusal:
    quarters = BookedQuarter.objects.filter(starts_at__gte=starts_at, starts_at__lt=starts_at + length())
    taken_from = set(quarters.filter(person__in=[helper_id, student.pk]).values_list("person_id", flat=True))
    if student.pk in taken_from:
        return OwnTimeTaken()
    return TimeTaken() if taken_from else TimeNotOffered()


def _store(*, starts_at: datetime, **fields: Any) -> Booking:
    booking = Booking.objects.create(
        **fields,
        starts_at=starts_at,
        ends_at=starts_at + length(),
        expires_at=starts_at - timedelta(minutes=settings.PEERLOOP.BOOKING_OPENS_MINUTES),
    )
    BookedQuarter.objects.bulk_create(
        BookedQuarter(booking=booking, person_id=person_id, starts_at=quarter)
        for person_id in sorted(booking.parties())
        for quarter in booking.quarters()
    )
    return booking
