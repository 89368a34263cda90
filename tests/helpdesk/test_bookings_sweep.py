"""What happens to bookings by the clock: requests run out, nobody came, reminders. And what staff may do by hand."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from helpdesk.bookings import tasks
from helpdesk.bookings.models import BookedQuarter, Booking
from helpdesk.bookings.services import reminding
from helpdesk.bookings.services.answering import decline_booking
from helpdesk.bookings.services.ending import cancel_booking
from helpdesk.bookings.services.starting import start_booking
from helpdesk.bookings.times import day_and_time, zone_of
from helpdesk.models import HelpSummons
from helpdesk.summons.services.ending import complete_summons
from peerloop.core.accounts.services import ban_account
from peerloop.core.notifications.kinds import kinds
from peerloop.core.notifications.mails import send_due_mails
from peerloop.core.notifications.models import Notification
from tests.factories.bookings import begin

pytestmark = pytest.mark.django_db


def reminders() -> list[str]:
    rows = Notification.objects.filter(kind="booking_reminder").order_by("pk")
    return [each.recipient.username for each in rows]


def remind_at() -> timedelta | None:
    booking = Booking.objects.get()
    return booking.remind_at and booking.starts_at - booking.remind_at


def overtake(booking: Booking, *, minutes: float) -> None:
    """Let so many minutes be left until the start; the next reminder stays due as it was, before it."""
    before = booking.starts_at - booking.remind_at
    begin(booking, minutes=minutes)
    Booking.objects.update(remind_at=booking.starts_at - before)


def test_the_worker_sweeps_every_half_minute():
    entry = settings.CELERY_BEAT_SCHEDULE["sweep-bookings"]
    assert (entry["task"], entry["schedule"]) == (tasks.sweep_bookings.name, 30)


def test_a_request_that_nobody_answers_ends_before_its_time_and_the_student_is_told(booking, ada):
    begin(booking, minutes=11)
    tasks.sweep_bookings()
    assert Booking.objects.get().status == "requested"
    begin(booking, minutes=9)
    for _ in range(2):
        tasks.sweep_bookings()
    closed = Booking.objects.get()
    assert (closed.status, closed.sequence, BookedQuarter.objects.count()) == ("expired", 1, 0)
    [notice] = Notification.objects.all()  # and Ben is not asked any more
    when = day_and_time(closed.starts_at, zone_of(ada))
    assert (notice.recipient, notice.title) == (ada, f"Nobody answered your request for {when}")


def test_when_nobody_came_it_is_missed_once_its_time_is_over(agreed):
    begin(agreed, minutes=-29)
    tasks.sweep_bookings()
    assert Booking.objects.get().status == "accepted"
    begin(agreed, minutes=-30)
    for _ in range(2):
        tasks.sweep_bookings()
    assert (Booking.objects.get().status, remind_at()) == ("missed", None)


def test_what_was_held_stays_held(agreed, ada):
    begin(agreed, minutes=5)
    start_booking(booking_id=agreed.pk, by=ada)
    begin(agreed, minutes=-60)
    tasks.sweep_bookings()
    assert Booking.objects.get().status == "held"


def test_both_are_reminded_a_day_and_a_quarter_of_an_hour_before_each_once(agreed):
    assert remind_at() == timedelta(days=1)
    tasks.sweep_bookings()
    assert reminders() == []
    overtake(agreed, minutes=24 * 60 - 1)
    for _ in range(2):
        tasks.sweep_bookings()
    assert (reminders(), remind_at()) == (["ada", "ben"], timedelta(minutes=15))
    overtake(Booking.objects.get(), minutes=13)
    for _ in range(2):
        tasks.sweep_bookings()
    assert (reminders(), remind_at()) == (["ada", "ben"] * 2, None)
    title = Notification.objects.filter(recipient__username="ada", kind="booking_reminder").latest("pk").title
    assert title.startswith("Your session with Ben Okoro is on ")


def test_after_days_without_a_worker_one_reminder_is_sent_and_none_for_what_has_begun(agreed):
    overtake(agreed, minutes=10)
    tasks.sweep_bookings()
    assert (reminders(), remind_at()) == (["ada", "ben"], None)
    Notification.objects.all().delete()
    Booking.objects.update(remind_at=timezone.now() - timedelta(minutes=1))
    begin(agreed, minutes=-1)
    tasks.sweep_bookings()
    assert (reminders(), remind_at()) == ([], None)


def test_a_crash_between_noting_and_telling_loses_nothing(agreed, monkeypatch):
    overtake(agreed, minutes=24 * 60 - 1)
    monkeypatch.setattr(reminding, "tell_reminder", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.sweep_bookings()
    monkeypatch.undo()
    tasks.sweep_bookings()
    assert reminders() == ["ada", "ben"]


def test_what_was_called_off_reminds_nobody_and_leaves_the_bells(agreed, ada):
    overtake(agreed, minutes=24 * 60 - 1)
    tasks.sweep_bookings()
    cancel_booking(booking_id=agreed.pk, by=ada)
    tasks.sweep_bookings()
    assert reminders() == []


def test_no_mail_says_what_is_not_so_any_more(booking, bookable, mailoutbox):
    """The request's mail waits; it is declined before the mail leaves."""
    decline_booking(booking_id=booking.pk, by=bookable)
    Notification.objects.update(mail_due_at=timezone.now())
    assert send_due_mails() == 1
    assert [each.to for each in mailoutbox] == [["ada@example.com"]]
    Booking.objects.update(status="accepted")
    Notification.objects.update(mail_due_at=timezone.now())
    assert send_due_mails() == 0


def test_who_is_waited_for_is_woken_and_only_while_the_session_can_last(agreed, ada):
    begin(agreed, minutes=5)
    start_booking(booking_id=agreed.pk, by=ada)
    notice = Notification.objects.get(kind="booking_started")
    push = kinds["booking_started"].push(notice)
    assert (push.until - notice.created_at, push.is_urgent) == (timedelta(minutes=30), True)
    assert kinds["booking_started"].may_mail(notice)
    complete_summons(summons_id=HelpSummons.objects.get().pk, by=ada)
    assert not kinds["booking_started"].may_mail(notice)


def test_staff_look_and_call_off_by_hand(agreed, root, as_user, ada, ben):
    client = as_user(root)
    where = "/admin/helpdesk/booking/"
    assert "Ada Lind" in client.get(where).content.decode()
    assert client.get(f"{where}add/").status_code == 403
    for _ in range(2):
        client.post(where, {"action": "cancel_bookings", "_selected_action": [agreed.pk]})
    assert (Booking.objects.get().status, Booking.objects.get().cancelled_by) == ("cancelled", root)
    told = Notification.objects.filter(key__startswith="booking:cancelled").values_list(
        "recipient__username", flat=True
    )
    assert sorted(told) == ["ada", "ben"]


def test_a_lost_signal_leaves_nothing_waiting_for_ever(agreed, ada, root):
    """The process ended between the ban and its receivers: the booking passes by the clock."""
    ban_account(user=ada, by=root)  # nothing is committed in this test, so no receiver hears of it
    begin(agreed, minutes=-31)
    tasks.sweep_bookings()
    assert Booking.objects.get().status == "missed"
