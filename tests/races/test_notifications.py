"""Twenty at once, each on a connection of its own: told once, mailed once, nothing swallowed."""

import pytest
from django.core import mail
from django.utils import timezone

from peerloop.core.notifications import queries
from peerloop.core.notifications.mails import send_due_mails, send_mail
from peerloop.core.notifications.models import Notification
from peerloop.core.notifications.services import mark_all_read
from tests.notifications.conftest import declared, tell  # noqa: F401 - fixtures
from tests.races.test_goodwill import THREADS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_thing_told_by_twenty_at_once_is_told_once(ben, tell):  # noqa: F811
    outcomes = at_once([lambda: len(tell(ben, key="thing:1"))] * THREADS)
    assert sorted(outcomes) == [0] * 19 + [1]
    assert Notification.objects.count() == 1


def test_one_mail_claimed_by_twenty_workers_leaves_once(ben, tell):  # noqa: F811
    [row] = tell(ben)
    Notification.objects.update(mail_due_at=timezone.now())
    jobs = [lambda: send_mail(notification_id=row.pk), lambda: send_due_mails() == 1]
    outcomes = at_once(jobs * (THREADS // 2))
    assert (outcomes.count(True), len(mail.outbox)) == (1, 1)


def test_what_arrives_while_all_is_marked_read_stays_unread(ben, tell):  # noqa: F811
    tell(ben)
    shown = [each.pk for each in queries.feed(ben).items]
    arriving = [lambda: tell(ben)] * (THREADS // 2)
    at_once([*arriving, *[lambda: mark_all_read(by=ben, shown=shown)] * (THREADS // 2)])
    assert queries.feed(ben).unread_count == THREADS // 2
