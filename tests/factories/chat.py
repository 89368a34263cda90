"""Talk in the course's room, without the pauses that people must keep."""

import pytest
from django.conf import settings

from chat.models import ChatMessage
from chat.services.messages import open_room, post_message
from courses.services import enrol
from tests.factories.courses import make_course


@pytest.fixture
def without_pauses(monkeypatch):
    """Lets one person write as fast as a test can."""
    fast = settings.PEERLOOP.__class__(SECONDS_BETWEEN_MESSAGES=0)
    monkeypatch.setattr(settings, "PEERLOOP", fast)


@pytest.fixture
def room(course):
    return open_room(course.pk)


@pytest.fixture
def say(room, without_pauses):
    """`say(ada, "Hello")`; question=True asks, to=… answers."""

    def post(by, content: str, *, question: bool = False, to: ChatMessage | None = None, **more) -> ChatMessage:
        return post_message(
            course_id=room.pk, by=by, content=content, is_question=question, reply_to_id=to and to.pk, **more
        )

    return post


@pytest.fixture
def other_course(mei):
    """Mei is enrolled in it; Ada and Ben have nothing to do with it."""
    made = make_course("First Steps", slug="first-steps")
    enrol(course=made, by=mei)
    return made
