"""Plain messages, which the loop itself stores on PostgreSQL: the same as by the long way, and nothing it may not."""

from datetime import UTC, datetime
from unittest.mock import Mock
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from chat import writer
from chat.models import ChatMessage, Room
from chat.services.messages import apost_plain, draft, open_room, post_message
from courses.services import enrol
from peerloop.core.accounts.services import ban_account, mute_account
from peerloop.core.conversations.errors import EmptyMessage
from peerloop.core.entities.line import StatementFailed, line
from peerloop.core.errors import TooFast
from tests.factories.courses import make_course
from tests.support.sockets import on_a_loop, room_socket

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="is about PostgreSQL")
db = sync_to_async


def stored(room) -> list[tuple]:
    said = ChatMessage.objects.filter(room=room).order_by("number")
    return list(said.values_list("author__username", "content", "number", "root_number", "version"))


@on_a_loop
async def test_messages_of_two_rooms_get_their_places_in_the_order_given(room, ada, ben, without_pauses):
    course = await db(make_course)(slug="elsewhere")
    await db(enrol)(course=course, by=ada)
    other = await db(open_room)(course.pk)
    wanted = [(room, ada, "a"), (other, ada, "b"), (room, ben, "c"), (room, ada, "d")]
    outcomes = await apost_plain([draft(course_id=at.pk, by=by, content=text) for at, by, text in wanted])
    assert [(each.number, each.version, each.teaches) for each in outcomes] == [
        (1, 1, False),
        (1, 1, False),
        (2, 2, True),
        (3, 3, False),
    ]
    assert await db(stored)(room) == [("ada", "a", 1, 1, 1), ("ben", "c", 2, 2, 2), ("ada", "d", 3, 3, 3)]
    assert await db(stored)(other) == [("ada", "b", 1, 1, 1)]
    assert await Room.objects.values_list("version", "last_number").aget(pk=room.pk) == (3, 3)


@on_a_loop
async def test_it_is_the_message_that_the_long_way_would_have_stored(room, ada, without_pauses):
    def everything_else(message: ChatMessage) -> dict:
        own = {"id", "number", "root_number", "version", "client_id", "created_at", "updated_at"}
        return {
            each.attname: getattr(message, each.attname) for each in message._meta.fields if each.attname not in own
        }

    text = "See `this` & *that*"
    (short,) = await apost_plain([draft(course_id=room.pk, by=ada, content=text)])
    long = await db(post_message)(course_id=room.pk, by=ada, content=text)
    of_both = [everything_else(await ChatMessage.objects.aget(pk=each.pk)) for each in (short, long)]
    assert of_both[0] == of_both[1]


@on_a_loop
async def test_who_may_not_write_now_is_left_for_the_long_way_and_the_others_are_stored(
    course, room, ada, ben, mei, oskar, root, without_pauses
):
    await db(enrol)(course=course, by=mei)
    await db(mute_account)(user=ben, until=datetime(2999, 1, 1, tzinfo=UTC), by=root)
    await db(ban_account)(user=mei, by=root)
    drafts = [draft(course_id=room.pk, by=by, content=f"by {by.username}") for by in (oskar, ben, ada, mei)]
    outcomes = await apost_plain(drafts)
    assert [each and each.content for each in outcomes] == [None, None, "by ada", None]
    assert await db(stored)(room) == [("ada", "by ada", 1, 1, 1)]


@on_a_loop
async def test_bad_text_and_haste_are_refused_at_once(room, ada, ben):
    drafts = [draft(course_id=room.pk, by=by, content=text) for by, text in ((ben, " "), (ada, "one"), (ada, "two"))]
    outcomes = await apost_plain(drafts)
    assert [type(each) for each in outcomes] == [EmptyMessage, ChatMessage, TooFast]
    assert await db(stored)(room) == [("ada", "one", 1, 1, 1)]


@on_a_loop
async def test_what_was_sent_before_is_not_stored_again_nor_what_came_with_it(room, ada, ben, without_pauses):
    sending = uuid4()
    await apost_plain([draft(course_id=room.pk, by=ada, content="one", client_id=sending)])
    again = [
        draft(course_id=room.pk, by=ada, content="one", client_id=sending),
        draft(course_id=room.pk, by=ben, content="b"),
    ]
    with pytest.raises(StatementFailed):
        await apost_plain(again)
    assert await db(stored)(room) == [("ada", "one", 1, 1, 1)]


@on_a_loop
async def test_over_the_socket_only_what_is_not_plain_goes_the_long_way(room, ada, ben, monkeypatch):
    long_way = Mock(wraps=writer.post_messages)
    monkeypatch.setattr(writer, "post_messages", long_way)
    async with room_socket(room, ada) as adas, room_socket(room, ben) as bens:
        await adas.send(type="message", content="plain")
        assert (await bens.next("message"))["data"]["number"] == 1
        assert long_way.call_count == 0
        await bens.send(type="message", content="Why?", is_question=True)
        assert (await bens.next("message"))["data"]["number"] == 2
        assert long_way.call_count == 1


@on_a_loop
async def test_while_the_line_is_cut_a_message_goes_the_long_way_and_arrives_once(room, ada, ben, monkeypatch):
    long_way = Mock(wraps=writer.post_messages)
    monkeypatch.setattr(writer, "post_messages", long_way)
    monkeypatch.setattr(line(), "ask", Mock(side_effect=StatementFailed))
    async with room_socket(room, ada) as adas, room_socket(room, ben) as bens:
        await adas.send(type="message", content="plain")
        assert (await bens.next("message"))["data"]["content"] == "plain"
        assert await bens.silent()
    assert long_way.call_count == 1
    assert await db(stored)(room) == [("ada", "plain", 1, 1, 1)]
