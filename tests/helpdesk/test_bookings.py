"""Asking for a session, answering, calling off, starting: what each changes, whom it tells, and what it refuses."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.services import enrol, leave, withdraw_certification
from helpdesk.bookings import errors
from helpdesk.bookings.models import BookedQuarter, Booking, WeeklyHours
from helpdesk.bookings.services.answering import accept_booking, decline_booking
from helpdesk.bookings.services.ending import cancel_booking
from helpdesk.bookings.services.requesting import request_booking
from helpdesk.bookings.services.starting import start_booking
from helpdesk.models import HelpSession, HelpSummons
from helpdesk.summons.errors import ModuleNotInCourse, QuestionTooLong, SummonOff
from helpdesk.summons.services.answering import accept_summons
from helpdesk.summons.services.calling import cancel_summons, request_help
from helpdesk.summons.services.ending import complete_summons
from peerloop.core.accounts.exports import exports
from peerloop.core.accounts.services import ban_account, delete_account, system
from peerloop.core.conversations.errors import Muted
from peerloop.core.errors import NotThere, Refusal, TooFast
from peerloop.core.flags.memory import memory
from peerloop.core.flags.models import Flag
from peerloop.core.notifications.models import Notification
from tests.factories.bookings import another_helper, begin, free
from tests.factories.courses import make_course

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str]]:
    """Who was told what, in order."""
    return [(each.recipient.username, each.title) for each in Notification.objects.order_by("pk")]


def refused(refusal: type[Refusal], action) -> bool:
    """Whether `action` is refused like this, and nothing has changed."""
    before = list(Booking.objects.values()), list(BookedQuarter.objects.values()), told()
    with pytest.raises(refusal):
        action()
    return before == (list(Booking.objects.values()), list(BookedQuarter.objects.values()), told())


def switch_off() -> None:
    Flag.objects.filter(name="summon_help").update(everyone=False)
    memory.forget()


def status() -> str:
    return Booking.objects.get().status


@pytest.fixture
def ask(ada, course, bookable):
    """`ask()` is Ada's request for the first free time of Ben."""

    def request(**given) -> Booking:
        given = {"by": ada, "course_id": course.pk, "helper_id": bookable.pk, **given}
        return request_booking(**{"starts_at": free(course, ada, bookable)[0], **given})

    return request


@pytest.fixture
def open_now(agreed) -> Booking:
    """A session that was agreed on and begins in five minutes."""
    return begin(agreed, minutes=5)


# -- asking ----------------------------------------------------------------------------------------------------------


@pytest.mark.covers("REC-64")
def test_asking_stores_the_request_and_tells_the_helper_at_the_time_on_their_own_clock(ask, ada, bookable, modules):
    bookable.time_zone = "Asia/Tokyo"
    bookable.save()
    made = ask(note="  My paint is too thick. ", module_id=modules[1].pk)
    assert (made.student, made.helper, made.status, made.minutes) == (ada, bookable, "requested", 30)
    assert (made.note, made.module, made.sequence) == ("My paint is too thick.", modules[1], 0)
    assert made.expires_at == made.starts_at - timedelta(minutes=10)
    assert BookedQuarter.objects.filter(booking=made).count() == 4
    there = made.starts_at + timedelta(hours=9)
    when = f"{there:%A} {there.day} {there:%B}, {there:%H:%M}"
    assert told() == [("ben", f"Ada Lind asks you for a session on {when}")]
    assert Notification.objects.get().mail_due_at is not None


def test_asking_again_for_the_same_is_the_same_request(ask, booking):
    assert ask(starts_at=booking.starts_at) == booking
    assert (Booking.objects.count(), Notification.objects.count()) == (1, 1)


def test_a_time_that_is_not_offered_is_refused(ask, booking, course, bookable, mei, ada):
    jonas = another_helper(course)
    enrol(course=course, by=mei)
    odd, late = booking.starts_at - timedelta(minutes=10), booking.starts_at + timedelta(days=1)
    assert refused(errors.TimeNotOffered, lambda: ask(starts_at=odd + timedelta(days=-2)))
    assert refused(errors.TimeNotOffered, lambda: ask(starts_at=late))
    assert refused(errors.TimeNotOffered, lambda: ask(starts_at=timezone.now() + timedelta(minutes=30)))
    assert refused(errors.TimeNotOffered, lambda: ask(helper_id=ada.pk))
    assert refused(errors.TimeTaken, lambda: ask(starts_at=booking.starts_at, by=mei))
    assert refused(errors.OwnTimeTaken, lambda: ask(starts_at=booking.starts_at, helper_id=jonas.pk))


def test_who_helps_at_a_time_cannot_ask_for_help_at_it(booking, bookable, ada, ask):
    """One person has one time, in either part."""
    other = make_course("Python", slug="python")
    enrol(course=other, by=bookable)
    jonas = another_helper(other)
    given = {"course_id": other.pk, "helper_id": jonas.pk, "starts_at": booking.starts_at}
    assert refused(errors.OwnTimeTaken, lambda: request_booking(by=bookable, **given))


@pytest.mark.parametrize("person", ["oskar", "ben"])
def test_only_students_of_the_course_ask(ask, request, person):
    assert refused(errors.EnrolToBook, lambda: ask(by=request.getfixturevalue(person)))


def test_what_else_cannot_be_asked(ask, ada, course):
    draft = make_course("Draft", slug="draft", published=False)
    assert refused(NotThere, lambda: ask(course_id=draft.pk))
    assert refused(ModuleNotInCourse, lambda: ask(module_id=uuid4()))
    assert refused(QuestionTooLong, lambda: ask(note="x" * 501))
    ada.muted_until = timezone.now() + timedelta(hours=1)
    ada.save()
    assert refused(Muted, lambda: ask(note="x"))
    ada.muted_until = None
    ada.save()
    switch_off()
    assert refused(SummonOff, ask)


def test_five_sessions_ahead_are_enough(ask, settings):
    for _ in range(5):
        ask()
    assert refused(errors.TooManyBookings, ask)


def test_asking_and_cancelling_in_turns_has_an_end(ask, ada, settings):
    settings.PEERLOOP = type(settings.PEERLOOP)(BOOKINGS_AN_HOUR=2)
    for _ in range(2):
        cancel_booking(booking_id=ask().pk, by=ada)
    assert refused(TooFast, ask)


def test_the_database_refuses_a_second_booking_at_a_time_and_oneself(booking, mei, bookable):
    with pytest.raises(IntegrityError), transaction.atomic():
        BookedQuarter.objects.create(booking=booking, person=bookable, starts_at=booking.quarters()[1])
    fields = {"course": booking.course, "starts_at": booking.starts_at, "ends_at": booking.ends_at}
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.create(student=mei, helper=mei, expires_at=booking.expires_at, **fields)


# -- answering -------------------------------------------------------------------------------------------------------


@pytest.mark.covers("REC-64")
def test_accepting_tells_the_student_once_and_orders_the_reminder(booking, bookable):
    Notification.objects.all().delete()
    for _ in range(2):
        made = accept_booking(booking_id=booking.pk, by=bookable, reply="Bring the pot.")
    assert (made.status, made.reply, made.sequence) == ("accepted", "Bring the pot.", 1)
    assert made.remind_at == made.starts_at - timedelta(days=1)
    [(name, title)] = told()
    assert (name, title.startswith("Ben Okoro accepted your session on ")) == ("ada", True)


@pytest.mark.covers("REC-64")
def test_declining_tells_the_student_and_frees_the_time(booking, bookable, course, ada):
    for _ in range(2):
        declined = decline_booking(booking_id=booking.pk, by=bookable, reply="I am away.")
    assert (declined.status, declined.reply, BookedQuarter.objects.count()) == ("declined", "I am away.", 0)
    assert booking.starts_at in free(course, ada)
    [(name, title)] = told()  # the request is not in Ben's bell any more
    assert (name, title.startswith("Ben Okoro cannot meet you on ")) == ("ada", True)
    assert refused(errors.NotWaiting, lambda: accept_booking(booking_id=booking.pk, by=bookable))


def test_only_the_helper_who_was_asked_answers(booking, ada, oskar, root, mei):
    for verb in (accept_booking, decline_booking):
        assert refused(errors.NotAsked, lambda verb=verb: verb(booking_id=booking.pk, by=ada))
        for by in (oskar, root):
            assert refused(errors.BookingNotThere, lambda verb=verb, by=by: verb(booking_id=booking.pk, by=by))
        assert refused(errors.BookingNotThere, lambda verb=verb: verb(booking_id=uuid4(), by=ada))


def test_an_answer_after_the_time_for_it_is_too_late(booking, bookable):
    begin(booking, minutes=9)
    for verb in (accept_booking, decline_booking):
        assert refused(errors.NotWaiting, lambda verb=verb: verb(booking_id=booking.pk, by=bookable))


def test_what_was_accepted_is_not_declined_and_long_words_are_refused(agreed, bookable):
    assert refused(errors.CancelInstead, lambda: decline_booking(booking_id=agreed.pk, by=bookable))
    assert refused(QuestionTooLong, lambda: cancel_booking(booking_id=agreed.pk, by=bookable, reply="x" * 501))


# -- calling off -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "other"), [("ada", "ben"), ("ben", "ada")])
def test_either_calls_it_off_and_the_other_is_told(agreed, request, by, other, course, ada):
    Notification.objects.all().delete()
    caller = request.getfixturevalue(by)
    for _ in range(2):
        gone = cancel_booking(booking_id=agreed.pk, by=caller, reply="I have a cold.")
    assert (gone.status, gone.cancelled_by, gone.reply, gone.sequence) == ("cancelled", caller, "I have a cold.", 2)
    assert (gone.remind_at, BookedQuarter.objects.count()) == (None, 0)
    [(name, title)] = told()
    assert (name, title.startswith(f"{caller} cancelled the session on ")) == (other, True)
    assert agreed.starts_at in free(course, ada)


def test_outsiders_call_nothing_off_and_what_is_over_cannot_be(agreed, oskar, ada, bookable):
    assert refused(errors.BookingNotThere, lambda: cancel_booking(booking_id=agreed.pk, by=oskar))
    begin(agreed, minutes=-1)
    assert refused(errors.TimeHasCome, lambda: cancel_booking(booking_id=agreed.pk, by=ada))
    Booking.objects.update(status="missed")
    assert refused(errors.NothingToCancel, lambda: cancel_booking(booking_id=agreed.pk, by=ada))


def test_who_leaves_the_course_or_its_certification_calls_it_off(
    agreed, ada, bookable, course, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        leave(course=course, by=ada)
    assert (status(), Booking.objects.get().cancelled_by) == ("cancelled", system())
    assert [name for name, title in told() if title.startswith("PeerLoop cancelled")] == ["ada", "ben"]


def test_who_is_not_certified_any_more_is_not_waited_for(booking, bookable, course, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_certification(user=bookable, course=course, by=system())
    assert status() == "cancelled"


def test_who_lost_the_certification_in_this_moment_cannot_accept(booking, bookable, course):
    withdraw_certification(user=bookable, course=course, by=system())
    assert refused(errors.NotYourCourseAnyMore, lambda: accept_booking(booking_id=booking.pk, by=bookable))


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_a_banned_person_is_not_waited_for(agreed, request, who, root, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ban_account(user=request.getfixturevalue(who), by=root)
    assert (status(), BookedQuarter.objects.count()) == ("cancelled", 0)


def test_a_deleted_account_takes_its_hours_along_and_leaves_nobody_waiting(agreed, ada, bookable):
    delete_account(user=bookable, by=bookable)
    assert (status(), WeeklyHours.objects.count()) == ("cancelled", 0)
    assert "cancelled the session" in Notification.objects.filter(recipient=ada).latest("pk").title


# -- the session -----------------------------------------------------------------------------------------------------


@pytest.mark.covers("REC-64")
@pytest.mark.parametrize(("by", "other"), [("ada", "ben"), ("ben", "ada")])
def test_the_first_press_opens_the_session_and_the_second_joins_it(open_now, request, by, other, ada, ben, modules):
    Notification.objects.all().delete()
    first = start_booking(booking_id=open_now.pk, by=request.getfixturevalue(by))
    second = start_booking(booking_id=open_now.pk, by=request.getfixturevalue(other))
    assert first == second == HelpSummons.objects.get()
    session = HelpSession.objects.get()
    assert (session.pk, session.student, session.helper, session.status) == (first.pk, ada, ben, "active")
    assert (first.status, first.message, first.module) == ("accepted", open_now.note, modules[0])
    assert (status(), Booking.objects.get().summons) == ("held", first)
    assert told() == [(other, f"{request.getfixturevalue(by)} has started your session")]
    assert Notification.objects.get().target == first.get_absolute_url()


def test_a_session_that_ended_before_its_time_was_over_can_be_opened_again(open_now, ada, ben):
    first = start_booking(booking_id=open_now.pk, by=ada)
    complete_summons(summons_id=first.pk, by=ada)
    second = start_booking(booking_id=open_now.pk, by=ben)
    assert (second != first, second.status, Booking.objects.get().summons) == (True, "accepted", second)
    complete_summons(summons_id=second.pk, by=ada)
    begin(open_now, minutes=-31)
    assert refused(errors.TimeIsOver, lambda: start_booking(booking_id=open_now.pk, by=ada))


@pytest.mark.parametrize(
    ("minutes", "refusal"),
    [(11, errors.NotOpenYet), (9.9, None), (-29, None), (-30, errors.TimeIsOver)],
)
def test_it_opens_ten_minutes_before_its_time_and_closes_with_it(agreed, ada, minutes, refusal):
    begin(agreed, minutes=minutes)
    if refusal is None:
        assert start_booking(booking_id=agreed.pk, by=ada).is_accepted
    else:
        assert refused(refusal, lambda: start_booking(booking_id=agreed.pk, by=ada))
        assert HelpSession.objects.count() == 0


def test_outsiders_and_what_was_not_agreed_on_start_nothing(booking, ada, oskar, root):
    begin(booking, minutes=5)
    assert refused(errors.NotAgreed, lambda: start_booking(booking_id=booking.pk, by=ada))
    for by in (oskar, root):
        assert refused(errors.BookingNotThere, lambda by=by: start_booking(booking_id=booking.pk, by=by))
    assert HelpSession.objects.count() == 0


def test_who_is_busy_reads_so_and_the_other_one_too(open_now, ada, ben, mei, course, helper):
    enrol(course=course, by=mei)
    call = request_help(course_id=course.pk, by=ada)
    assert refused(errors.YouAreBusy, lambda: start_booking(booking_id=open_now.pk, by=ada))
    with pytest.raises(errors.OtherIsBusy) as refusal:
        start_booking(booking_id=open_now.pk, by=ben)
    assert refusal.value.sentence == "Ada Lind is still in another session. Wait a moment, then start again."
    cancel_summons(summons_id=call.pk, by=ada)
    accept_summons(summons_id=request_help(course_id=course.pk, by=mei).pk, by=helper)
    assert refused(errors.YouAreBusy, lambda: start_booking(booking_id=open_now.pk, by=ben))
    assert refused(errors.OtherIsBusy, lambda: start_booking(booking_id=open_now.pk, by=ada))


def test_with_the_feature_switched_off_nothing_starts(open_now, ada):
    switch_off()
    assert refused(SummonOff, lambda: start_booking(booking_id=open_now.pk, by=ada))


# -- what is kept ----------------------------------------------------------------------------------------------------


def test_both_take_their_bookings_along_and_nobody_else(agreed, ada, ben, oskar):
    rows = {user: list(exports["bookings"].rows(user)) for user in (ada, ben, oskar)}
    assert [each["note"] for each in rows[ada]] == [each["note"] for each in rows[ben]] == ["My paint is too thick."]
    assert rows[oskar] == []
    assert len(list(exports["bookable_hours"].rows(ben))) == 7
    assert list(exports["bookable_hours"].rows(ada)) == []


def test_bookings_are_visible_to_their_two_people_and_staff(agreed, ada, ben, root, oskar):
    seen = [list(Booking.objects.visible_to(each)) == [agreed] for each in (ada, ben, root, oskar)]
    assert seen == [True, True, True, False]
