"""Everybody at one moment: one booking at a time, one answer, one session."""

from itertools import permutations

import pytest

from courses.services import enrol
from helpdesk.bookings import errors
from helpdesk.bookings.models import BookedQuarter, Booking
from helpdesk.bookings.services.answering import accept_booking, decline_booking
from helpdesk.bookings.services.ending import cancel_booking
from helpdesk.bookings.services.reminding import remind
from helpdesk.bookings.services.requesting import request_booking
from helpdesk.bookings.services.starting import start_booking
from helpdesk.models import HelpSession
from peerloop.core.errors import Conflict
from peerloop.core.notifications.models import Notification
from tests.factories.bookings import another_helper, begin, free
from tests.factories.people import person
from tests.races.test_summons import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_twenty_students_who_ask_for_one_time_at_once_one_gets_it(course, ada, bookable):
    students = [person(f"student-{number}") for number in range(20)]
    for each in students:
        enrol(course=course, by=each)
    given = {"course_id": course.pk, "helper_id": bookable.pk, "starts_at": free(course, ada)[0]}
    outcomes = at_once([lambda each=each: request_booking(by=each, **given) for each in students])
    [winner] = [each for each, outcome in zip(students, outcomes, strict=True) if isinstance(outcome, Booking)]
    assert outcomes.count(errors.TimeTaken) == 19
    assert (Booking.objects.get().student, BookedQuarter.objects.count()) == (winner, 4)
    assert Notification.objects.filter(kind="booking").count() == 1


def test_of_one_student_who_asks_two_helpers_for_one_time_at_once_one_is_asked(course, ada, bookable):
    helpers = [bookable, *(another_helper(course, f"helper-{number}") for number in range(4))]
    moment = free(course, ada)[0]
    given = {"course_id": course.pk, "starts_at": moment, "by": ada}
    outcomes = at_once([lambda each=each: request_booking(helper_id=each.pk, **given) for each in helpers])
    assert outcomes.count(errors.OwnTimeTaken) == 4
    assert Booking.objects.count() == 1


def test_ten_presses_at_once_are_one_request(course, ada, bookable):
    given = {"course_id": course.pk, "helper_id": bookable.pk, "starts_at": free(course, ada)[0], "by": ada}
    outcomes = at_once([lambda: request_booking(**given)] * 10)
    assert {each.pk for each in outcomes} == {Booking.objects.get().pk}


@pytest.mark.parametrize("order", list(permutations(["accept", "decline", "cancel"])))
def test_acceptance_refusal_and_cancellation_agree_on_one_end(order, booking, bookable, ada):
    verbs = {
        "accept": lambda: accept_booking(booking_id=booking.pk, by=bookable),
        "decline": lambda: decline_booking(booking_id=booking.pk, by=bookable),
        "cancel": lambda: cancel_booking(booking_id=booking.pk, by=ada),
    }
    outcomes = dict(zip(order, at_once([verbs[each] for each in order]), strict=True))
    status = Booking.objects.get().status
    # Accepted and then cancelled is one order of things; whoever came too late reads why.
    assert status in ("declined", "cancelled")
    done = {each for each, outcome in outcomes.items() if isinstance(outcome, Booking)}
    assert done in ({"decline"}, {"cancel"}, {"accept", "cancel"})
    assert all(issubclass(outcomes[each], Conflict) for each in set(order) - done)
    assert BookedQuarter.objects.count() == 0


def test_when_both_start_at_once_they_meet_in_one_session(agreed, ada, bookable):
    begin(agreed, minutes=5)
    outcomes = at_once([lambda by=by: start_booking(booking_id=agreed.pk, by=by) for by in (ada, bookable) * 5])
    assert {each.pk for each in outcomes} == {HelpSession.objects.get().pk}
    assert Notification.objects.filter(kind="booking_started").count() == 1


def test_of_many_sweepers_one_reminds(agreed):
    begin(agreed, minutes=20)
    Booking.objects.update(remind_at=agreed.created_at)
    assert at_once([lambda: remind(booking_id=agreed.pk)] * 8).count(True) == 1
    assert Notification.objects.filter(kind="booking_reminder").count() == 2
