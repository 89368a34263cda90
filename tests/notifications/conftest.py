"""Kinds of the tests' own: `news`, on the site only unless chosen otherwise, and `urgent`, by mail as well."""

import json
from itertools import count

import pytest

from peerloop.core.notifications.kinds import Kind, kinds
from peerloop.core.notifications.services import notify
from peerloop.core.realtime import services as realtime

# As the helpdesk will have them: the title speaks of the category, or not if it is unknown.
CATEGORIES = {"painting": "Painting"}


def request_title(notification) -> str:
    return " ".join(["New", *[CATEGORIES[each] for each in [notification.category] if each in CATEGORIES], "Request"])


def request_icon(notification) -> str:
    return "palette" if notification.category in CATEGORIES else "house"


@pytest.fixture
def declared(monkeypatch):
    for kind in (
        Kind(name="news", label="News", title="{by} has news", icon="newspaper"),
        Kind(name="urgent", label="Urgent matters", title="{by} needs {thing}", email_default=True),
        Kind(name="request", label="New requests", title=request_title, icon=request_icon),
    ):
        monkeypatch.setitem(kinds._things, kind.name, kind)


@pytest.fixture
def tell(declared, ada):
    """`tell(ben, mei)`: Ada has news for Ben and Mei; returns what was written."""
    numbers = count(1)

    def send(*people, kind="news", by=ada, **fields):
        values = {"description": f"Number {next(numbers)}", "target": "/points", **fields}
        return notify(kind=kind, to=[person.pk for person in people], by=by, **values)

    return send


@pytest.fixture
def heard(monkeypatch):
    """What was told live: [(group, frame for programs, fragment)], in order."""
    frames = []

    def send(group, message):
        letters = message.get("messages", [message])
        texts = [(each["group"], json.loads(each["json"]), json.loads(each["html"])) for each in letters]
        frames.extend((told, for_programs, for_pages.get("html", "")) for told, for_programs, for_pages in texts)

    monkeypatch.setattr(realtime, "send", send)
    monkeypatch.setattr(realtime, "pages_listen", lambda _: True)
    return frames
