"""One mail per notification and person, whatever is lost, repeated or refused."""

import smtplib
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from peerloop.core.accounts.services import ban_account
from peerloop.core.notifications import tickets
from peerloop.core.notifications.kinds import Kind, kinds
from peerloop.core.notifications.mails import LEASE, send_due_mails, send_mail
from peerloop.core.notifications.models import Notification
from peerloop.core.notifications.services import mark_as_read, set_preferences
from peerloop.core.notifications.tasks import mail_due_notifications, mail_notifications
from peerloop.core.notifications.tickets import MailTicket
from tests.factories.people import person


@pytest.fixture
def urgent(ben, tell):
    """A notice of Ada's for Ben whose mail is due and has not been tried yet."""
    [row] = tell(ben, kind="urgent", data={"thing": "a brush"}, description="A size 0, soon.")
    return row


def mailed():
    return [(message.to, message.subject) for message in mail.outbox]


BENS = [(["ben@example.com"], "Ada Lind needs a brush")]


@pytest.fixture
def frozen(monkeypatch):
    """Tickets written within one second are the same, so that a test may write the one that it expects."""
    monkeypatch.setattr("django.core.signing.time.time", lambda: 1_800_000_000)


def test_a_mail_says_what_happened_and_leads_there_to_the_choices_and_to_its_end(urgent, ben, settings, frozen):
    settings.SITE_URL = "https://peerloop.example"
    assert send_mail(notification_id=urgent.pk) is True
    [message] = mail.outbox
    off = f"https://peerloop.example/mails/off/{tickets.written(MailTicket(ben.pk, urgent.pk, 'urgent'))}"
    assert message.to == ["ben@example.com"]
    assert message.subject == "Ada Lind needs a brush"
    assert message.body == (
        "Hello Ben Okoro,\n\nAda Lind needs a brush.\n\nA size 0, soon.\n\n"
        f"https://peerloop.example/notifications/{urgent.pk}/open\n\n"
        "We tell you about this by email. Choose what we send you, or have it once a day:\n"
        "https://peerloop.example/settings/notifications\n"
        f"No more mails like this one:\n{off}\n\n"
        "PeerLoop. What you learn, you pass on.\n"
    )
    assert message.extra_headers == {
        "Message-ID": f"<{urgent.pk}@peerloop.example>",
        "List-Unsubscribe": f"<{off}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    # Long as it is, mail programs read it as it was meant.
    read = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    assert read["List-Unsubscribe"].strip() == f"<{off}>"


def test_the_worker_mails_what_was_told_after_commit(ben, mei, tell, django_capture_on_commit_callbacks):
    set_preferences(user=mei, choices={("urgent", "email"): False}, by=mei)
    with django_capture_on_commit_callbacks(execute=True):
        tell(ben, mei, kind="urgent", data={"thing": "a brush"})
        tell(ben, kind="news")
        assert mailed() == []
    assert mailed() == BENS


def test_a_mail_wanted_without_the_bell_leaves_the_bell_alone(ben, tell, django_capture_on_commit_callbacks):
    set_preferences(user=ben, choices={("urgent", "site"): False}, by=ben)
    with django_capture_on_commit_callbacks(execute=True):
        tell(ben, kind="urgent", data={"thing": "a brush"})
    assert mailed() == BENS
    assert Notification.objects.visible_to(ben).count() == 0


def test_the_job_run_twice_and_the_sweep_run_twice_send_one_mail(urgent):
    for _ in range(2):
        mail_notifications([str(urgent.pk)])
        mail_due_notifications()
    assert mailed() == BENS
    urgent.refresh_from_db()
    assert (urgent.mail_due_at, urgent.mailed_at is None) == (None, False)


def test_a_lost_job_is_finished_by_the_sweep(urgent):
    assert send_due_mails() == 1
    assert mailed() == BENS


def test_what_a_killed_worker_had_claimed_is_sent_once_its_lease_is_over(urgent):
    claimed = timezone.now() + LEASE
    Notification.objects.filter(pk=urgent.pk).update(mail_due_at=claimed)
    assert (send_due_mails(), send_mail(notification_id=urgent.pk)) == (0, False)
    Notification.objects.filter(pk=urgent.pk).update(mail_due_at=claimed - LEASE)
    assert (send_due_mails(), mailed()) == (1, BENS)


def test_a_mail_server_that_refuses_is_asked_again_later(urgent, monkeypatch):
    def refuse(backend, messages):
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuse)
        assert send_mail(notification_id=urgent.pk) is False
    urgent.refresh_from_db()
    assert urgent.mailed_at is None
    assert timedelta() < urgent.mail_due_at - timezone.now() <= LEASE
    Notification.objects.filter(pk=urgent.pk).update(mail_due_at=timezone.now())
    assert (send_due_mails(), mailed()) == (1, BENS)


def test_a_broker_that_is_away_costs_nobody_the_notice(ben, tell, monkeypatch, django_capture_on_commit_callbacks):
    def away(*args):
        raise ConnectionError

    monkeypatch.setattr(mail_notifications, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        tell(ben, kind="urgent", data={"thing": "a brush"})
    assert (mailed(), Notification.objects.visible_to(ben).count()) == ([], 1)
    assert (send_due_mails(), mailed()) == (1, BENS)


def test_what_was_read_meanwhile_is_not_mailed(urgent, ben):
    mark_as_read(notification_id=urgent.pk, by=ben)
    assert (send_due_mails(), mailed()) == (0, [])
    assert Notification.objects.get().mail_due_at is None


def test_whoever_was_banned_meanwhile_gets_no_mail(urgent, ben, root):
    ban_account(user=ben, by=root)
    assert (send_due_mails(), mailed()) == (0, [])


def test_whoever_may_no_longer_see_the_thing_gets_no_mail(urgent, monkeypatch):
    asked = []
    secret = Kind(name="urgent", label="", title="", may_mail=lambda notice: asked.append(notice.pk))
    monkeypatch.setitem(kinds._things, "urgent", secret)
    assert (send_due_mails(), mailed(), asked) == (0, [], [urgent.pk])


def test_news_of_yesterday_is_not_mailed(urgent):
    Notification.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    assert (send_due_mails(), mailed()) == (0, [])
    assert Notification.objects.get().mail_due_at is None


def test_a_name_cannot_write_headers(urgent, ada):
    type(ada).objects.filter(pk=ada.pk).update(name="Ada\nBcc: oskar@example.com")
    send_due_mails()
    assert mailed() == [(["ben@example.com"], "Ada Bcc: oskar@example.com needs a brush")]


def test_whoever_ended_a_kinds_mails_meanwhile_gets_none_that_waited(urgent, ben):
    set_preferences(user=ben, choices={("urgent", "email"): False}, by=ben)
    assert (send_due_mails(), mailed()) == (0, [])
    assert Notification.objects.get().mail_due_at is None


@pytest.mark.parametrize(("number", "jobs"), [(1, 1), (25, 1), (26, 2)])
def test_who_tells_many_does_not_send_a_job_for_each(
    tell, declared, monkeypatch, number, jobs, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(mail_notifications, "delay", sent.append)
    crowd = [person(f"reader-{place}") for place in range(number)]
    with django_capture_on_commit_callbacks(execute=True):
        tell(*crowd, kind="urgent", data={"thing": "a brush"})
    assert (len(sent), sum(map(len, sent))) == (jobs, number)
