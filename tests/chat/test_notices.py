"""What the chat tells single people, and what it keeps quiet about."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import ChatMessage, RoomParticipant
from chat.services.messages import delete_message, set_hidden
from chat.services.participants import choose_notices, participant, read_up_to, tell_of_unread
from courses.services import enrol, leave
from peerloop.core.moderation.models import Act, FlaggedItem
from peerloop.core.moderation.services import flag_item, hide_item, restore_item
from peerloop.core.notifications.models import Notification
from peerloop.core.notifications.queries import feed

TELL = RoomParticipant.Tell


def told(user) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(recipient=user).order_by("pk")
    return [(each.kind, each.description) for each in rows]


@pytest.mark.covers("CHAT-06", "REC-79")
def test_a_mention_tells_the_person_and_leads_to_the_message(say, ada, ben):
    message = say(ada, "Ask @ben, not @nobody or ada@example.com")
    notice = Notification.objects.get(recipient=ben)
    assert (notice.kind, notice.target) == ("chat_mention", message.get_absolute_url())
    assert told(ada) == []


def test_a_mention_tells_nobody_outside_the_room(say, ada, oskar):
    say(ada, "What would @oskar say?")
    assert told(oskar) == []


def test_an_answer_tells_the_asker_once_and_not_for_the_own_reply(say, ada, ben):
    question = say(ada, "How?", question=True)
    say(ada, "I mean, how exactly?", to=question)
    assert told(ada) == []
    say(ben, "Like this, @ada.", to=question)
    assert told(ada) == [("chat_mention", "Like this, @ada.")]


def test_answers_to_one_question_are_one_line_in_the_bell(say, ada, ben, mei, room):
    enrol(course=room.course, by=mei)
    question, other = say(ada, "How?", question=True), say(ada, "And why?", question=True)
    for by, to in ((ben, question), (ben, other), (mei, question)):
        say(by, "Like this.", to=to)
    titles = [line.title for line in feed(ada).items]
    assert titles == ["Mei Tan and 1 other answered your question", "Ben Okoro answered your question"]


@pytest.mark.covers("CHAT-21", "REC-79")
def test_a_muted_room_tells_nothing(say, ada, ben, room):
    choose_notices(room=room, tell=TELL.NOTHING, by=ben)
    say(ada, "@ben?")
    assert told(ben) == []


def test_a_notice_goes_with_its_message(say, ada, ben, root):
    message, other = say(ada, "@ben look"), say(ada, "@ben look here")
    delete_message(message_id=message.pk, by=ada)
    set_hidden(message_id=other.pk, hidden=True, by=root)
    assert told(ben) == []


# -- unread messages -------------------------------------------------------------------------------------------------


@pytest.fixture
def old_enough(say):
    """Says something that has gone unread for two minutes."""

    def post(by, content: str) -> ChatMessage:
        message = say(by, content)
        ChatMessage.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(minutes=2))
        return message

    return post


@pytest.mark.covers("CHAT-06")
def test_unread_messages_are_told_once_for_each_absence(old_enough, ada, ben, room):
    participant(room=room, by=ben)
    old_enough(ada, "one"), old_enough(ada, "two")
    assert (tell_of_unread(), tell_of_unread()) == (1, 0)
    assert told(ben) == [("chat_messages", "Ada Lind: two")]
    read_up_to(course_id=room.pk, number=2, by=ben)
    old_enough(ada, "three")
    assert tell_of_unread() == 1
    assert told(ben)[-1] == ("chat_messages", "Ada Lind: three")


def test_who_has_the_room_open_or_wants_mentions_only_is_not_told(old_enough, ada, ben, mei, room, monkeypatch):
    enrol(course=room.course, by=mei)
    choose_notices(room=room, tell=TELL.MENTIONS, by=mei)
    participant(room=room, by=ben)
    old_enough(ada, "one")
    monkeypatch.setattr("chat.services.participants.online", lambda _: {ben.pk})
    assert tell_of_unread() == 0


def test_who_left_the_course_is_not_told(old_enough, ada, ben, mei, room):
    enrol(course=room.course, by=mei)
    participant(room=room, by=mei)
    leave(course=room.course, by=mei)
    old_enough(ada, "one")
    tell_of_unread()
    assert told(mei) == []


@pytest.mark.parametrize("people", [1, 20])
def test_telling_costs_the_same_queries_for_one_and_for_many(old_enough, ada, room, people, django_assert_num_queries):
    from tests.factories.people import person

    for n in range(people):
        member = person(f"member-{n}")
        enrol(course=room.course, by=member)
        participant(room=room, by=member)
    old_enough(ada, "one")
    with django_assert_num_queries(TELLING_QUERIES):
        assert tell_of_unread() == people


TELLING_QUERIES = 12

# -- moderation ------------------------------------------------------------------------------------------------------


@pytest.mark.covers("CHAT-105", "CHAT-107")
def test_a_flagged_message_is_in_the_queue_and_can_be_hidden_and_restored(say, ada, ben, root):
    message = say(ben, "Buy my paints")
    flag_item(kind="chat_message", item_id=message.pk, reason="spam", by=ada)
    case = FlaggedItem.objects.get()
    assert (case.kind, case.item_id, case.state) == ("chat_message", message.pk, "open")
    hide_item(kind="chat_message", item_id=message.pk, reason="Advertising.", by=root)
    assert ChatMessage.objects.shown().count() == 0
    restore_item(kind="chat_message", item_id=message.pk, reason="It was a joke.", by=root)
    assert ChatMessage.objects.shown().get().content == "Buy my paints"
    assert list(Act.objects.order_by("pk").values_list("verb", flat=True)) == ["hide", "restore"]


def test_the_outsider_cannot_report_what_he_cannot_see(say, ada, oskar):
    from peerloop.core.errors import NotThere

    message = say(ada, "inside")
    with pytest.raises(NotThere):
        flag_item(kind="chat_message", item_id=message.pk, reason="spam", by=oskar)
    assert FlaggedItem.objects.count() == 0


def test_a_hidden_question_is_not_pending_any_more(say, ada, root):
    question = say(ada, "Buy?", question=True)
    set_hidden(message_id=question.pk, hidden=True, by=root)
    assert list(ChatMessage.objects.pending()) == []
