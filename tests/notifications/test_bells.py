"""Fifty people hear of one thing: what is told to them is drawn once and sent once, and each gets the own bell."""

import json

import pytest
from django.template.loader import render_to_string

from peerloop.core.accounts.models import User
from peerloop.core.notifications import bells, queries
from peerloop.core.notifications.bells import Printer
from peerloop.core.notifications.services import withdraw
from peerloop.core.realtime import services as realtime

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawings(monkeypatch) -> list[str]:
    """The templates that were drawn."""
    drawn: list[str] = []

    def draw(template, context):
        drawn.append(template)
        return render_to_string(template, context)

    monkeypatch.setattr(bells, "render_to_string", draw)
    return drawn


def test_a_printed_bell_is_the_drawn_one_whatever_others_were_printed_before(ada, ben, mei, sam, tell, drawings):
    tell(ben, mei, sam, key="one")
    tell(sam, description="<b>More</b>")
    printer, feeds = Printer(), queries.feeds([ada.pk, ben.pk, mei.pk, sam.pk])
    for feed in feeds:
        assert printer.html(feed) == render_to_string("notifications/_bell.html", {"feed": feed})
    # Ben's and Mei's differ only in whose they are.
    assert len(drawings) == 3


def test_many_hear_in_one_message_and_what_is_taken_back_is_too(
    ben, mei, sam, tell, monkeypatch, drawings, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(realtime, "send", lambda group, message: sent.append((group, len(message["messages"]))))
    monkeypatch.setattr(realtime, "pages_listen", lambda _: True)
    with django_capture_on_commit_callbacks(execute=True):
        tell(ben, mei, sam, key="one")
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(keys=["one"])
    assert (sent, len(drawings)) == ([("control", 3)] * 2, 2)


@pytest.mark.parametrize("number", [1, 200])
def test_of_those_who_have_no_page_open_no_bell_is_read(
    tell, monkeypatch, drawings, number, committed, django_assert_num_queries
):
    sent = []
    monkeypatch.setattr(realtime, "send", lambda _, message: sent.append(message.get("messages", [message])))
    monkeypatch.setattr(realtime, "pages_listen", lambda _: False)
    crowd = User.objects.bulk_create(
        [User(username=f"crowd-{place}", email=f"crowd-{place}@example.com") for place in range(number)]
    )
    with django_assert_num_queries(5):  # within a savepoint: what they chose, who they are, the notices
        committed(lambda: tell(*crowd))
    assert [[bool(each["json"]) and each["html"] for each in messages] for messages in sent] == [[""] * number]
    assert drawings == []


def test_a_page_that_opens_while_its_person_is_told_gets_the_bell_as_well(ben, tell, monkeypatch, committed):
    sent, answers = [], iter([False, True])
    monkeypatch.setattr(realtime, "send", lambda _, message: sent.append(json.loads(message["html"])["html"]))
    monkeypatch.setattr(realtime, "pages_listen", lambda _: next(answers))
    committed(lambda: tell(ben))
    assert sent == [render_to_string("notifications/_bell.html", {"feed": queries.feed(ben)})]
