"""One mail a person and day, at their hour, with all that waited; whatever is lost, repeated or refused."""

import smtplib
from datetime import UTC, date, datetime

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from peerloop.core.accounts.exports import exports
from peerloop.core.accounts.services import ban_account, change_profile, delete_account
from peerloop.core.notifications.kinds import Kind, kinds
from peerloop.core.notifications.mails import LEASE, send_due_mails
from peerloop.core.notifications.models import Digest, DigestPlan, Notification, OptOut
from peerloop.core.notifications.services import (
    digests,
    gather_due_digests,
    mark_as_read,
    send_digest,
    send_due_digests,
    set_preferences,
    withdraw,
)
from peerloop.core.notifications.tasks import mail_digest, mail_due_digests

DAILY = {("news", "email"): True, ("news", "daily"): True, ("urgent", "daily"): True}


class Clock:
    """The time of the whole house. Ben lives in Berlin: in November his clock is an hour ahead of it."""

    def __init__(self, monkeypatch):
        self.set("2026-11-21 10:00")
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.now)

    def set(self, text):
        self.now = datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def daily(ben, clock, declared):
    """Ben wants his news and what is urgent once a day, at eight in the morning."""
    ben.time_zone = "Europe/Berlin"
    ben.save()
    set_preferences(user=ben, choices=DAILY, by=ben)
    return ben


@pytest.fixture
def sweep(committed):
    """What the periodic job does, with the jobs that it sends out."""
    return lambda: committed(mail_due_digests)


def mailed():
    return [(message.to, message.subject) for message in mail.outbox]


def away(*_):
    raise ConnectionError


def due_at(user):
    return f"{DigestPlan.objects.get(user=user).due_at:%Y-%m-%d %H:%M}"


ONE = (["ben@example.com"], "1 thing awaits you on PeerLoop")
TWO = (["ben@example.com"], "2 things await you on PeerLoop")


def test_what_may_wait_is_mailed_together_at_the_hour_and_not_before(daily, ben, tell, clock, sweep):
    tell(ben)
    tell(ben, kind="urgent", data={"thing": "a brush"})
    assert (due_at(ben), send_due_mails()) == ("2026-11-22 07:00", 0)
    clock.set("2026-11-22 06:59")
    sweep()
    assert mailed() == []
    clock.set("2026-11-22 07:00")
    sweep()
    assert mailed() == [TWO]
    assert (due_at(ben), Digest.objects.get().day) == ("2026-11-23 07:00", date(2026, 11, 22))
    assert not Notification.objects.filter(mailed_at=None).exists()
    assert Notification.objects.visible_to(ben).unread().count() == 2


def test_it_has_a_section_for_each_kind_and_says_how_to_end_it(daily, ada, mei, ben, tell, clock, sweep, settings):
    settings.SITE_URL = "https://peerloop.example"
    [urgent] = tell(ben, kind="urgent", data={"thing": "a brush"}, description="", amount=1250)
    tell(ben, by=mei, about="question:1")
    [newest] = tell(ben, about="question:1")
    clock.set("2026-11-22 07:00")
    sweep()
    [message] = mail.outbox
    off = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert message.body == (
        "Hello Ben Okoro,\n\nthis awaits you since your last daily mail.\n\n"
        "News\n\n"
        "* Ada Lind and 1 other has news\n  Number 3\n"
        f"  https://peerloop.example/notifications/{newest.pk}/open\n\n"
        "Urgent matters\n\n"
        "* Ada Lind needs a brush ($12.50)\n"
        f"  https://peerloop.example/notifications/{urgent.pk}/open\n\n"
        "This comes once a day, at the hour you chose. Choose what is in it, and when it comes:\n"
        "https://peerloop.example/settings/notifications\n"
        f"No more daily mails:\n{off}\n\n"
        "PeerLoop. What you learn, you pass on.\n"
    )
    assert message.extra_headers == {
        "Message-ID": f"<{Digest.objects.get().pk}@peerloop.example>",
        "List-Unsubscribe": f"<{off}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert off.startswith("https://peerloop.example/mails/off/")


def test_of_very_much_it_shows_the_newest_and_says_how_many_more(daily, ben, tell, clock, sweep):
    for _ in range(23):
        tell(ben)
    clock.set("2026-11-22 07:00")
    sweep()
    [message] = mail.outbox
    assert message.subject == "23 things await you on PeerLoop"
    assert (message.body.count("  Number "), "  Number 3\n" in message.body) == (20, False)
    assert "And 3 more in your notifications." in message.body


def test_of_nothing_no_mail_is_made_and_the_next_day_is_looked_at_again(daily, ben, clock, sweep):
    clock.set("2026-11-22 07:00")
    sweep()
    assert (mailed(), Digest.objects.count(), due_at(ben)) == ([], 0, "2026-11-23 07:00")


def test_each_day_has_one_mail_and_each_notice_is_in_one(daily, ben, tell, clock, sweep):
    tell(ben)
    for moment in ("2026-11-22 07:00", "2026-11-22 07:01", "2026-11-22 12:00"):
        clock.set(moment)
        sweep()
    tell(ben)
    clock.set("2026-11-23 07:00")
    sweep()
    sweep()
    assert mailed() == [ONE, ONE]
    assert [("Number 1" in each.body, "Number 2" in each.body) for each in mail.outbox] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("told", "before", "at", "after"),
    [
        ("2026-03-28 12:00", "2026-03-29 05:59", "2026-03-29 06:00", "2026-03-30 06:00"),
        ("2026-10-24 12:00", "2026-10-25 06:59", "2026-10-25 07:00", "2026-10-26 07:00"),
    ],
    ids=["a day of 23 hours", "a day of 25 hours"],
)
def test_when_the_clocks_change_it_is_still_eight_in_the_morning(
    daily, ben, tell, clock, sweep, told, before, at, after
):
    clock.set(told)
    set_preferences(user=ben, choices={}, by=ben)
    DigestPlan.objects.update(due_at=clock.now)
    sweep()
    tell(ben)
    clock.set(before)
    sweep()
    assert mailed() == []
    clock.set(at)
    sweep()
    assert (mailed(), due_at(ben)) == ([ONE], after)


def test_another_hour_holds_from_the_next_mail_and_makes_no_second_one_that_day(daily, ben, tell, clock, sweep):
    set_preferences(user=ben, choices={}, by=ben, digest_hour=19)
    assert due_at(ben) == "2026-11-21 18:00"
    tell(ben)
    clock.set("2026-11-21 18:00")
    sweep()
    tell(ben)
    set_preferences(user=ben, choices={}, by=ben, digest_hour=22)
    assert (mailed(), due_at(ben)) == ([ONE], "2026-11-22 21:00")


def test_who_moves_has_the_mail_by_the_clock_there(daily, ben, clock):
    about = {"name": ben.name, "username": ben.username, "bio": ben.bio, "by": ben}
    change_profile(user=ben, time_zone="Asia/Tokyo", **about)
    assert due_at(ben) == "2026-11-21 23:00"
    change_profile(user=ben, time_zone="America/New_York", **about)
    assert due_at(ben) == "2026-11-21 13:00"


def test_what_is_due_already_leaves_whatever_is_chosen_before_the_sweep(daily, ben, tell, clock, sweep):
    tell(ben)
    clock.set("2026-11-22 07:10")
    set_preferences(user=ben, choices={}, by=ben, digest_hour=7)
    sweep()
    assert (mailed(), due_at(ben)) == ([ONE], "2026-11-23 06:00")


def test_what_waited_leaves_once_even_if_the_worker_slept_for_days(daily, ben, tell, clock, sweep):
    tell(ben)
    clock.set("2026-11-25 12:00")
    sweep()
    sweep()
    assert (mailed(), due_at(ben)) == ([ONE], "2026-11-26 07:00")


def test_the_job_run_twice_and_the_sweep_run_twice_send_one_mail(daily, ben, tell, clock, sweep):
    tell(ben)
    clock.set("2026-11-22 07:00")
    for _ in range(2):
        sweep()
        mail_digest(str(Digest.objects.get().pk))
        assert send_due_digests() == 0
    assert mailed() == [ONE]


def test_a_crash_before_the_commit_leaves_all_for_the_next_sweep(daily, ben, tell, clock, sweep, monkeypatch):
    tell(ben)
    clock.set("2026-11-22 07:00")
    with monkeypatch.context() as broken:
        broken.setattr(digests, "insert_new", away)
        with pytest.raises(ConnectionError):
            sweep()
    assert (due_at(ben), Digest.objects.count()) == ("2026-11-22 07:00", 0)
    sweep()
    assert mailed() == [ONE]


def test_a_broker_that_is_away_costs_nobody_the_mail(daily, ben, tell, clock, sweep, monkeypatch):
    tell(ben)
    clock.set("2026-11-22 07:00")
    with monkeypatch.context() as broken:
        broken.setattr(mail_digest, "delay", away)
        sweep()
        assert mailed() == []
    sweep()
    assert mailed() == [ONE]


def test_what_a_killed_worker_had_claimed_is_sent_once_its_lease_is_over(daily, ben, tell, clock):
    tell(ben)
    clock.set("2026-11-22 07:00")
    assert gather_due_digests() == 1
    Digest.objects.update(due_at=clock.now + LEASE)
    assert send_due_digests() == 0
    tell(ben)
    clock.set("2026-11-22 07:10")
    assert (send_due_digests(), send_due_digests()) == (1, 0)
    # The same mail as the killed worker had, not one with more in it.
    assert mailed() == [ONE]


def test_a_mail_server_that_refuses_is_asked_again_for_two_days(daily, ben, tell, clock, sweep, monkeypatch):
    def refuse(backend, messages):
        raise smtplib.SMTPServerDisconnected

    tell(ben)
    clock.set("2026-11-22 07:00")
    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuse)
        sweep()
    digest = Digest.objects.get()
    assert (digest.sent_at, digest.due_at) == (None, clock.now + LEASE)
    clock.set("2026-11-24 07:01")
    assert send_due_digests() == 0
    clock.set("2026-11-24 06:59")
    assert (send_due_digests(), mailed()) == (1, [ONE])


@pytest.mark.parametrize("case", ["read", "banned", "hidden", "withdrawn", "mail ended", "deleted"])
def test_what_does_not_await_its_person_any_more_stays_out(daily, ben, root, tell, clock, sweep, monkeypatch, case):
    [row] = tell(ben, key="thing:1")
    secret = Kind(name="news", label="News", title="News", may_mail=lambda _: False)
    {
        "read": lambda: mark_as_read(notification_id=row.pk, by=ben),
        "banned": lambda: ban_account(user=ben, by=root),
        "hidden": lambda: monkeypatch.setitem(kinds._things, "news", secret),
        "withdrawn": lambda: withdraw(keys=["thing:1"]),
        "mail ended": lambda: set_preferences(user=ben, choices={("news", "email"): False}, by=ben),
        "deleted": lambda: delete_account(user=ben, by=ben),
    }[case]()
    clock.set("2026-11-22 07:00")
    sweep()
    sweep()
    assert (mailed(), Digest.objects.exclude(due_at=None).count()) == ([], 0)


def test_what_was_read_between_the_making_and_the_sending_stays_out(daily, ben, tell, clock):
    [first], _ = tell(ben), tell(ben)
    clock.set("2026-11-22 07:00")
    gather_due_digests()
    mark_as_read(notification_id=first.pk, by=ben)
    assert send_digest(digest_id=Digest.objects.get().pk)
    assert (mailed(), "Number 1" in mail.outbox[0].body) == ([ONE], False)


def test_what_waits_when_somebody_chooses_at_once_again_leaves_with_the_next_daily_mail(
    daily, ben, tell, clock, sweep, committed
):
    tell(ben)
    set_preferences(user=ben, choices={("news", "daily"): False}, by=ben)
    committed(lambda: tell(ben))
    assert mailed() == [(["ben@example.com"], "Ada Lind has news")]
    clock.set("2026-11-22 07:00")
    sweep()
    assert mailed()[1:] == [ONE]


def test_what_cannot_wait_is_mailed_at_once_whatever_was_chosen(daily, ben, tell, monkeypatch):
    brief = Kind(name="news", label="News", title="News", can_wait=False)
    monkeypatch.setitem(kinds._things, "news", brief)
    [row] = tell(ben)
    assert (row.mail_due_at is not None, row.waits_for_digest) == (True, False)


def test_a_plan_is_made_with_the_first_choice_and_only_then(ben, mei, declared):
    set_preferences(user=ben, choices={("news", "email"): True}, by=ben, digest_hour=8)
    assert not DigestPlan.objects.exists()
    set_preferences(user=ben, choices=DAILY, by=ben, digest_hour=8)
    set_preferences(user=mei, choices={("news", "email"): True}, by=mei, digest_hour=9)
    assert {plan.user: plan.hour for plan in DigestPlan.objects.all()} == {ben: 8, mei: 9}


def test_a_deleted_account_takes_its_plan_and_its_mails_along(daily, ben, tell, clock, sweep):
    tell(ben)
    clock.set("2026-11-22 07:00")
    sweep()
    OptOut.objects.create(user=ben, mail=Digest.objects.get().pk)
    delete_account(user=ben, by=ben)
    assert [model.objects.count() for model in (DigestPlan, Digest, OptOut)] == [0, 0, 0]


def test_the_own_data_say_when_the_daily_mail_comes_and_when_it_came(daily, ben, tell, clock, sweep):
    tell(ben)
    clock.set("2026-11-22 07:00")
    sweep()
    held = exports["notification-digests"].rows(ben)
    assert list(held) == [{"hour": 8, "sent": [date(2026, 11, 22)]}]


@pytest.mark.parametrize("number", [1, 30])
def test_making_a_digest_takes_the_same_queries_for_one_notice_and_for_many(
    daily, ben, tell, clock, number, django_assert_num_queries
):
    for _ in range(number):
        tell(ben)
    clock.set("2026-11-22 07:00")
    with django_assert_num_queries(
        8
    ):  # who is due; then, between two savepoints: lock, next day, look, digest, notices
        gather_due_digests()
    with django_assert_num_queries(9):  # claim, digest, choices, notices; sent and mailed, in their savepoint
        send_digest(digest_id=Digest.objects.get().pk)
