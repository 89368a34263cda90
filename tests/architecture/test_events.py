"""Every live event is declared once, told somewhere, and its fragment is drawn without anybody in particular."""

import json
import re

import pytest
from django.template.loader import get_template

import peerloop.asgi  # noqa: F401  (loads every app's events)
from chat.services.messages import delete_message, edit_message
from chat.services.questions import claim_question
from chat.services.telling import tell_helpers
from chat.services.thanks import thank
from peerloop.core.notifications.services import mark_all_read
from peerloop.core.realtime import services
from peerloop.core.realtime.event import Event, events
from tests.architecture.house import APPS, source_files
from tests.architecture.test_templates import USED

DECLARED = [cls for _, cls in events if cls.__module__.partition(".")[0] in APPS]
DRAWN = sorted({cls.name for cls in DECLARED if cls.fragment})


OF_A_VIEWER = re.compile(r"(?<![.\w\"'/])(?:request|csrf_token|user|messages|perms)\b(?!=)")


def sources(template: str) -> list[str]:
    """The text of a template and of those it includes."""
    text = get_template(template).template.source
    return [text, *(each for used in USED.findall(text) for each in sources(used))]


@pytest.fixture
def told(monkeypatch) -> list[dict]:
    """The frames that went to pages, in the order in which they were told."""
    frames: list[dict] = []
    monkeypatch.setattr(services, "pages_listen", lambda _: True)
    monkeypatch.setattr(services, "send", lambda _, message: frames.append(json.loads(message["html"])))
    return frames


@pytest.mark.parametrize("event", DECLARED, ids=lambda cls: cls.__name__)
def test_every_event_says_who_hears_it_and_when(event: type[Event]):
    assert event.heard_by
    assert event.__doc__


@pytest.mark.parametrize("event", DECLARED, ids=lambda cls: cls.__name__)
def test_every_event_is_told_somewhere(event: type[Event]):
    made = re.compile(rf"(?<!class )\b{event.__name__}\(")
    assert any(made.search(path.read_text()) for path in source_files())


def test_no_two_events_that_the_same_people_hear_share_a_name():
    names = [(cls.name, cls.heard_by) for cls in DECLARED]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("event", [cls for cls in DECLARED if cls.fragment], ids=lambda cls: cls.__name__)
def test_every_fragment_is_a_template_that_asks_for_no_request(event: type[Event]):
    tags = [tag for source in sources(event.fragment) for tag in re.findall(r"\{[{%](.*?)[%}]\}", source)]
    assert [tag for tag in tags if OF_A_VIEWER.search(tag)] == []


def test_everything_told_to_pages_is_drawn_without_a_request(ada, ben, say, told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        question = say(ada, "How thin?", question=True)
        claim_question(question_id=question.pk, by=ben)
        answer = say(ben, "@ada like milk.", to=question)
        edit_message(message_id=question.pk, content="How thin should it be?", by=ada)
        thank(message_id=answer.pk, by=ada)
        delete_message(message_id=answer.pk, by=ben)
        tell_helpers(question.room_id)
    with django_capture_on_commit_callbacks(execute=True):
        mark_all_read(by=ada)
    drawn = {frame["type"]: frame["html"] for frame in told if "html" in frame}
    assert sorted(drawn) == DRAWN
    assert [name for name, html in drawn.items() if not re.match(r"\s*<\w+[^>]*\bid=", html)] == []
