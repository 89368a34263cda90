"""The link at the foot of a mail ends it, once, for whoever has the mail and without signing in."""

import re
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from peerloop.core.accounts.services import delete_account
from peerloop.core.notifications import queries
from peerloop.core.notifications.mails import send_due_mails
from peerloop.core.notifications.models import Digest, DigestPlan, OptOut
from peerloop.core.notifications.services import set_preferences
from peerloop.core.notifications.tasks import mail_due_digests
from peerloop.core.notifications.tickets import MailTicket, written
from tests.support.pages import text_of

# What RFC 8058 has a mail program send.
ONE_CLICK = {"List-Unsubscribe": "List-Unsubscribe=One-Click"}


@pytest.fixture
def anybody():
    """A browser or a mail program that is nobody's and knows none of our tokens."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def urgent_link(ben, tell):
    """The address at the foot of a mail that Ben got at once."""
    tell(ben, kind="urgent", data={"thing": "a brush"})
    send_due_mails()
    return link_of(mail.outbox[-1])


@pytest.fixture
def daily_link(ben, tell, committed):
    """The address at the foot of Ben's daily mail, in which he has his news."""
    set_preferences(user=ben, choices={("news", "email"): True, ("news", "daily"): True}, by=ben)
    tell(ben)
    plan = DigestPlan.objects.get()
    DigestPlan.objects.update(due_at=plan.created_at)
    committed(mail_due_digests)
    return link_of(mail.outbox[-1])


def link_of(message):
    return re.fullmatch(r"<http://[^/]+(/mails/off/.+)>", message.extra_headers["List-Unsubscribe"])[1]


def mails_of(user):
    return {choice.kind.name: str(choice.mail) for choice in queries.choices_of(user)}


def test_looking_asks_and_changes_nothing(anybody, ben, urgent_link):
    before = mails_of(ben)
    page = anybody.get(urgent_link)
    assert (page.status_code, "<h1>Stop these mails?</h1>" in page.content.decode()) == (200, True)
    assert "Urgent matters will not be mailed any more" in text_of(page)
    assert anybody.head(urgent_link).status_code == 200
    assert (mails_of(ben), OptOut.objects.count()) == (before, 0)


def test_the_page_names_nobody(anybody, urgent_link):
    page = anybody.get(urgent_link).content.decode()
    assert [word for word in ("Ben", "Okoro", "ben@example.com") if word in page] == []


@pytest.mark.parametrize("sent", [{}, ONE_CLICK], ids=["the page's button", "a mail program"])
def test_one_post_ends_the_mails_of_the_kind_and_no_others(anybody, ben, urgent_link, sent):
    before = mails_of(ben)
    page = anybody.post(urgent_link, sent)
    assert (page.status_code, "<h1>These mails have stopped</h1>" in page.content.decode()) == (200, True)
    assert mails_of(ben) == {**before, "urgent": ""}


def test_the_daily_mails_link_ends_all_that_comes_once_a_day(anybody, ben, daily_link):
    before = mails_of(ben)
    page = anybody.post(daily_link, ONE_CLICK)
    assert "The daily mail will not be mailed any more" in text_of(page)
    assert (before["news"], before["urgent"]) == ("daily", "at_once")
    assert mails_of(ben) == {**before, "news": ""}


def test_what_waited_for_a_daily_mail_that_was_ended_is_not_mailed(anybody, ben, tell, daily_link, committed):
    tell(ben)
    anybody.post(daily_link, ONE_CLICK)
    DigestPlan.objects.update(due_at=DigestPlan.objects.get().created_at)
    Digest.objects.update(day="2026-01-01")
    committed(mail_due_digests)
    assert len(mail.outbox) == 1


def test_it_works_once_and_what_was_turned_on_since_stays_on(anybody, ben, urgent_link):
    anybody.post(urgent_link)
    set_preferences(user=ben, choices={("urgent", "email"): True}, by=ben)
    page = anybody.post(urgent_link)
    assert (page.status_code, "<h1>This link was used before</h1>" in page.content.decode()) == (200, True)
    assert (mails_of(ben)["urgent"], OptOut.objects.count()) == ("at_once", 1)


def test_each_mail_has_a_link_of_its_own(anybody, ben, tell, urgent_link):
    anybody.post(urgent_link)
    set_preferences(user=ben, choices={("urgent", "email"): True}, by=ben)
    tell(ben, kind="urgent", data={"thing": "a lamp"})
    send_due_mails()
    anybody.post(link_of(mail.outbox[-1]))
    assert mails_of(ben)["urgent"] == ""


def test_it_is_the_mails_owner_who_is_meant_whoever_is_signed_in(as_user, ben, oskar, urgent_link):
    before = mails_of(oskar)
    as_user(oskar).post(urgent_link)
    assert (mails_of(ben)["urgent"], mails_of(oskar)) == ("", before)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("spoil", [lambda link: link[:-1] + "_", lambda _: "/mails/off/x", lambda link: link + "/x"])
def test_a_link_that_we_have_not_signed_ends_nothing(anybody, ben, urgent_link, method, spoil):
    assert getattr(anybody, method)(spoil(urgent_link)).status_code == 404
    assert (mails_of(ben)["urgent"], OptOut.objects.count()) == ("at_once", 0)


@pytest.mark.parametrize(("days", "status"), [(89, 200), (91, 404)])
def test_a_link_is_good_for_ninety_days(anybody, urgent_link, monkeypatch, days, status):
    from django.core import signing

    now = signing.time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + days * 86400)
    assert anybody.post(urgent_link).status_code == status


def test_the_link_of_a_closed_account_is_not_good_any_more(anybody, ben, urgent_link):
    delete_account(user=ben, by=ben)
    answer = anybody.post(urgent_link)
    assert (answer.status_code, OptOut.objects.count()) == (404, 0)
    assert "This link is not good any more." in answer.content.decode()


def test_a_ticket_for_nobody_ends_nothing(anybody, db):
    link = f"/mails/off/{written(MailTicket(uuid4(), uuid4(), 'urgent'))}"
    assert (anybody.post(link).status_code, OptOut.objects.count()) == (404, 0)
