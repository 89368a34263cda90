"""Twenty at once, each on a connection of its own: told once, mailed once, nothing swallowed."""

import pytest
from django.core import mail
from django.utils import timezone

from peerloop.core.notifications import queries
from peerloop.core.notifications.mails import send_due_mails, send_mail
from peerloop.core.notifications.models import Digest, DigestPlan, Notification
from peerloop.core.notifications.services import mark_all_read, set_preferences
from peerloop.core.notifications.tasks import mail_due_digests
from tests.notifications.conftest import declared, tell  # noqa: F401 - fixtures
from tests.races.test_goodwill import THREADS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_thing_told_by_twenty_at_once_is_told_once(ben, tell):  # noqa: F811
    outcomes = at_once([lambda: len(tell(ben, key="thing:1"))] * THREADS)
    assert sorted(outcomes) == [0] * 19 + [1]
    assert Notification.objects.count() == 1


def test_one_mail_claimed_by_twenty_workers_leaves_once(ben, tell):  # noqa: F811
    [row] = tell(ben)
    set_preferences(user=ben, choices={("news", "email"): True}, by=ben)
    Notification.objects.update(mail_due_at=timezone.now())
    jobs = [lambda: send_mail(notification_id=row.pk), lambda: send_due_mails() == 1]
    outcomes = at_once(jobs * (THREADS // 2))
    assert (outcomes.count(True), len(mail.outbox)) == (1, 1)


def test_a_daily_mail_made_and_sent_by_twenty_schedulers_leaves_once(ben, tell):  # noqa: F811
    set_preferences(user=ben, choices={("news", "email"): True, ("news", "daily"): True}, by=ben)
    tell(ben)
    DigestPlan.objects.update(due_at=timezone.now())
    at_once([mail_due_digests] * THREADS)
    assert (Digest.objects.count(), len(mail.outbox)) == (1, 1)


def test_what_is_told_while_the_daily_mail_is_made_is_in_one_mail_and_in_no_other(ben, tell):  # noqa: F811
    set_preferences(user=ben, choices={("news", "email"): True, ("news", "daily"): True}, by=ben)
    DigestPlan.objects.update(due_at=timezone.now())
    at_once([lambda: tell(ben), mail_due_digests] * (THREADS // 2))
    Digest.objects.update(day="2026-01-01")
    DigestPlan.objects.update(due_at=timezone.now())
    mail_due_digests()
    lines = [line for message in mail.outbox for line in message.body.splitlines() if "Number" in line]
    assert sorted(lines) == sorted(f"  Number {number}" for number in range(1, THREADS // 2 + 1))


def test_what_arrives_while_all_is_marked_read_stays_unread(ben, tell):  # noqa: F811
    tell(ben)
    shown = [each.pk for each in queries.feed(ben).items]
    arriving = [lambda: tell(ben)] * (THREADS // 2)
    at_once([*arriving, *[lambda: mark_all_read(by=ben, shown=shown)] * (THREADS // 2)])
    assert queries.feed(ben).unread_count == THREADS // 2
