"""Fifty people hear of one thing: what is told to them is drawn once and sent once, and each gets the own bell."""

import pytest
from django.template.loader import render_to_string

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
