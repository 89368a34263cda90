"""The chat's socket: its protocol, to the letter, and what it keeps from whom."""

import asyncio
from unittest.mock import Mock
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core import signing

from chat import writer
from chat.consumers import ChatSocket
from chat.models import ChatMessage
from chat.services.messages import open_room, post_message
from courses.services import leave
from goodwill.queries import balance_of
from peerloop.core.accounts.services import ban_account
from peerloop.core.presence.leases import aonline
from peerloop.core.realtime import hub as realtime_hub
from peerloop.core.realtime import services, tokens
from peerloop.core.realtime.event import encode
from peerloop.core.realtime.hub import hub
from tests.support.sockets import Socket, on_a_loop, room_socket

db = sync_to_async


def shape(user, *, teaches: bool) -> dict:
    return {"id": str(user.pk), "name": str(user), "avatar": "", "is_student_teacher": teaches}


@pytest.mark.covers("CHAT-72", "CHAT-103", "CHAT-76", "CHAT-77", "CHAT-100", "CHAT-70")
@on_a_loop
async def test_the_first_frame_is_the_history_oldest_first(room, say, ada, ben):
    first, second = await db(say)(ada, "one"), await db(say)(ben, "two")
    async with room_socket(room, ada) as socket:
        history = await socket.next("history")
    assert socket.heard[0] == history
    assert [(each["id"], each["content"]) for each in history["messages"]] == [
        (str(first.pk), "one"),
        (str(second.pk), "two"),
    ]
    assert history["version"] == 2


@pytest.mark.covers("CHAT-79", "CHAT-83", "CHAT-86", "CHAT-101", "CHAT-22", "CHAT-50")
@on_a_loop
async def test_a_message_reaches_its_sender_and_everybody_else_with_the_fields_of_the_protocol(room, ada, ben):
    async with room_socket(room, ada) as adas, room_socket(room, ben) as bens:
        await adas.send(type="message", content="Hello", is_question=False)
        mine, theirs = await adas.next("message"), await bens.next("message")
    stored = await ChatMessage.objects.aget()
    assert mine == theirs
    assert set(mine) == {"type", "data"}
    seeds = {"id", "author_id", "author", "course_id", "content", "created_at", "is_question", "reply_to_id"}
    assert {name: mine["data"][name] for name in seeds} == {
        "id": str(stored.pk),
        "author_id": str(ada.pk),
        "author": shape(ada, teaches=False),
        "course_id": str(room.pk),
        "content": "Hello",
        "created_at": stored.created_at.isoformat().replace("+00:00", "Z"),
        "is_question": False,
        "reply_to_id": None,
    }


@pytest.mark.covers("CHAT-89")
@on_a_loop
async def test_on_connecting_one_learns_who_is_online(room, ada, ben):
    async with room_socket(room, ben) as bens:
        await bens.next("presence")
        async with room_socket(room, ada) as adas:
            presence = await adas.next("presence")
    assert presence == {"type": "presence", "users": [shape(ada, teaches=False), shape(ben, teaches=True)]}


@pytest.mark.covers("CHAT-80", "CHAT-81", "CHAT-87", "CHAT-88")
@on_a_loop
async def test_arrivals_and_departures_are_told_to_everybody(room, ada, ben):
    async with room_socket(room, ada) as adas:
        await adas.next("presence")
        async with room_socket(room, ben) as bens:
            joined = None
            while joined is None or joined["user"]["id"] != str(ben.pk):
                joined = await adas.next("user_joined")
            await bens.next("presence")
        left = await adas.next("user_left")
    assert joined == {"type": "user_joined", "user": shape(ben, teaches=True)}
    assert left == {"type": "user_left", "user_id": str(ben.pk)}


@on_a_loop
async def test_a_second_tab_neither_joins_nor_leaves(room, ada, ben):
    async with room_socket(room, ada) as adas, room_socket(room, ben) as first:
        await first.next("presence")
        await asyncio.sleep(1.2)
        async with room_socket(room, ben) as second:
            await second.next("presence")
        await asyncio.sleep(1.2)
        await adas.send(type="ping")
        await adas.next("pong")
    assert "user_left" not in {each["type"] for each in adas.heard}


@pytest.mark.covers("CHAT-84", "CHAT-90")
@on_a_loop
async def test_typing_is_told_with_who_types(room, ada, ben):
    async with room_socket(room, ada) as adas, room_socket(room, ben) as bens:
        await bens.next("presence")
        await bens.send(type="typing")
        assert await adas.next("typing") == {"type": "typing", "user_id": str(ben.pk)}


@pytest.mark.covers("CHAT-85", "CHAT-97")
@on_a_loop
async def test_marking_an_answer_helpful_gives_the_default_points_and_tells_the_room(room, say, ada, ben):
    answer = await db(say)(ben, "So.", to=await db(say)(ada, "How?", question=True))
    async with room_socket(room, ada) as adas, room_socket(room, ben) as bens:
        await adas.send(type="mark_helpful", message_id=str(answer.pk))
        told = await bens.next("points_awarded")
    ids = {"message_id": str(answer.pk), "from_user_id": str(ada.pk), "to_user_id": str(ben.pk)}
    assert told == {"type": "points_awarded", **ids, "points": 5}
    assert (await db(balance_of)(ada), await db(balance_of)(ben)) == (45, 55)


@pytest.mark.covers("CHAT-98")
@on_a_loop
async def test_an_answer_can_be_sent_over_the_socket(room, say, ada, ben):
    question = await db(say)(ada, "How?", question=True)
    async with room_socket(room, ben) as bens:
        await bens.send(type="message", content="So.", is_question=False, reply_to_id=str(question.pk))
        told = await bens.next("message")
        while told["data"]["id"] == str(question.pk):  # told after the connection was made; a client knows its version
            told = await bens.next("message")
    assert told["data"]["reply_to_id"] == str(question.pk)


# -- refusals ------------------------------------------------------------------------------------------------------

KNOWN = "mark_helpful, message, ping, read, typing"
BAD_FRAMES = [
    ("not json", f"it must be a JSON object whose type is one of {KNOWN}"),
    ("[]", f"it must be a JSON object whose type is one of {KNOWN}"),
    ('{"type":"nonsense"}', f"it must be a JSON object whose type is one of {KNOWN}"),
    ('{"type":"message"}', "content: Field required"),
    ('{"type":"message","content":5}', "content: Input should be a valid string"),
    ('{"type":"typing","more":1}', "more: Extra inputs are not permitted"),
    ("x" * 1_000_000, "send one JSON object of at most 64 kB as text"),
]


@pytest.mark.parametrize(("frame", "problem"), BAD_FRAMES, ids=[each[1][:30] for each in BAD_FRAMES])
@on_a_loop
async def test_a_bad_frame_is_answered_with_what_is_wrong_and_the_connection_lives(room, ada, frame, problem):
    async with room_socket(room, ada) as adas:
        await adas.wire.send_to(text_data=frame)
        error = await adas.next("error")
        await adas.send(type="ping")
        await adas.next("pong")
    assert error == {"type": "error", "message": f"That frame was not understood: {problem}."}
    assert await ChatMessage.objects.acount() == 0


@on_a_loop
async def test_a_binary_frame_is_refused_and_the_connection_lives(room, ada):
    async with room_socket(room, ada) as adas:
        await adas.wire.send_to(bytes_data=b"\x00\xff")
        await adas.next("error")
        await adas.send(type="ping")
        assert (await adas.next("pong"))["version"] == 0


@pytest.mark.covers("CHAT-104")
@on_a_loop
async def test_a_refusal_names_the_sending_it_is_about(room, ada):
    async with room_socket(room, ada) as adas:
        sendings = [str(uuid4()), str(uuid4())]
        for sending in sendings:
            await adas.send(type="message", content="quick", client_id=sending)
        error = await adas.next("error")
    text = "That was too fast. Wait a moment, then try again."
    assert error == {"type": "error", "message": text, "client_id": sendings[1]}
    assert await ChatMessage.objects.acount() == 1


@pytest.mark.covers("CHAT-77", "CHAT-02")
@pytest.mark.parametrize("whose", ["outsider", "forged", "expired", "other room", "none"])
@on_a_loop
async def test_nobody_without_a_right_to_the_room_hears_anything(room, ada, oskar, whose, monkeypatch):
    token = {
        "outsider": tokens.issue(user_id=oskar.pk, room=room.pk),
        "forged": tokens.issue(user_id=ada.pk, room=room.pk)[:-1] + "x",
        "expired": tokens.issue(user_id=ada.pk, room=room.pk),
        "other room": tokens.issue(user_id=ada.pk, room=uuid4()),
        "none": "",
    }[whose]
    if whose == "expired":
        monkeypatch.setattr(signing.time, "time", lambda: __import__("time").monotonic() + 10**10)
    async with Socket(f"/api/chat/connect?room={room.pk}&token={token}") as socket:
        code = await socket.closed()
        monkeypatch.undo()
        await db(post_message)(course_id=room.pk, by=ada, content="inside")
        assert await socket.silent()
    sentence = {
        "outsider": "You must be enrolled to access this chat.",
        "none": "Sign in again to go on.",
    }.get(whose, "This token is not valid any more. Ask for a new one and connect again.")
    assert socket.heard == [{"type": "error", "message": sentence}]
    assert code == (4401 if whose == "none" else 4403)


@pytest.mark.parametrize("path", ["/api/chat/connect", "/api/chat/connect?room=x", "/nowhere", "/api/me/connect"])
@on_a_loop
async def test_every_other_address_closes_a_stranger(room, path):
    async with Socket(path) as socket:
        assert await socket.closed() in {4401, 4403, 4404}


@pytest.mark.covers("CHAT-78")
@on_a_loop
async def test_nothing_of_one_room_is_heard_in_another(room, say, ada, mei, other_course):
    elsewhere = await db(open_room)(other_course.pk)
    async with room_socket(elsewhere, mei) as meis:
        await meis.next("presence")
        await asyncio.sleep(1.2)
        await meis.send(type="ping")
        await meis.next("pong")
        await db(say)(ada, "inside")
        async with room_socket(room, ada) as adas:
            await adas.send(type="typing")
            assert await meis.silent(1.5)


# -- leaving is immediate ------------------------------------------------------------------------------------------


@on_a_loop
async def test_who_leaves_the_course_gets_no_further_frame(course, room, say, ada, ben):
    async with room_socket(room, ada) as adas:
        await adas.next("presence")
        await db(leave)(course=course, by=ada)
        assert await adas.closed() == 4401
        assert adas.heard[-1] == {"type": "error", "message": "You must be enrolled to access this chat."}
        await db(say)(ben, "after")
        assert await adas.silent()


@on_a_loop
async def test_who_is_banned_gets_no_further_frame(room, say, ada, ben, root):
    async with room_socket(room, ada) as adas, Socket(person_path(ada)) as page:
        await adas.next("presence")
        await db(ban_account)(user=ada, by=root)
        assert (await adas.closed(), await page.closed()) == (4401, 4401)
        await db(say)(ben, "after")
        assert await adas.silent()


def person_path(user) -> str:
    return f"/api/me/connect?token={tokens.issue(user_id=user.pk, room='me')}"


# -- exactly once --------------------------------------------------------------------------------------------------


@on_a_loop
async def test_ten_parallel_sends_of_one_message_store_it_once_and_tell_it_once(room, ada, ben):
    sending = str(uuid4())
    async with room_socket(room, ben) as bens:
        sockets = [room_socket(room, ada) for _ in range(10)]
        await asyncio.gather(*(each.__aenter__() for each in sockets))
        frame = {"type": "message", "content": "@ben once", "client_id": sending}
        await asyncio.gather(*(each.send(**frame) for each in sockets))
        await bens.next("message")
        await asyncio.sleep(0.5)
        await bens.send(type="ping")
        await bens.next("pong")
        await asyncio.gather(*(each.__aexit__() for each in sockets))
    assert [each["type"] for each in bens.heard].count("message") == 1
    assert await ChatMessage.objects.acount() == 1


@on_a_loop
async def test_a_process_has_one_writer_however_much_is_said(room, ada, ben, monkeypatch):
    made = Mock(wraps=writer.Writer)
    monkeypatch.setattr(writer, "Writer", made)
    async with room_socket(room, ada) as adas, room_socket(room, ben) as bens:
        for socket in (adas, bens):
            await socket.send(type="message", content="Hello", is_question=False)
            await socket.next("message")
    assert made.call_count == 1


@on_a_loop
async def test_who_leaves_while_connecting_is_closed_all_the_same(course, room, say, ada, ben, monkeypatch):
    allowed = ChatSocket.authorise

    async def allow_then_leave(socket: ChatSocket) -> None:
        await allowed(socket)
        await db(leave)(course=course, by=ada)

    monkeypatch.setattr(ChatSocket, "authorise", allow_then_leave)
    async with room_socket(room, ada) as adas:
        assert await adas.closed() == 4401
        await db(say)(ben, "after")
        assert await adas.silent()


@on_a_loop
async def test_a_connection_that_breaks_leaves_nobody_behind(room, ada, monkeypatch):
    def break_down(socket: ChatSocket) -> None:
        raise RuntimeError

    monkeypatch.setattr(ChatSocket, "history", break_down)
    socket = room_socket(room, ada)
    with pytest.raises(RuntimeError):
        async with socket:
            await socket.wire.receive_from(timeout=1)
    assert hub().groups == {}


@on_a_loop
async def test_many_tabs_closed_at_once_leave_nobody_online(room, ada, ben):
    async with room_socket(room, ben) as bens:
        tabs = [room_socket(room, ada) for _ in range(30)]
        await asyncio.gather(*(each.__aenter__() for each in tabs))
        # Who leaves before the arrival is told was never there for anybody.
        while (await bens.next("user_joined"))["user"]["id"] != str(ada.pk):
            pass
        await asyncio.gather(*(each.__aexit__() for each in tabs))
        left = await bens.next("user_left")
    assert left["user_id"] == str(ada.pk)
    assert await aonline(f"chat.{room.pk}") == set()


@on_a_loop
async def test_a_fragment_is_drawn_only_while_a_page_listens_in_any_process(room, ada, ben, monkeypatch):
    group = f"chat.{room.pk}"
    asked = sync_to_async(services.pages_listen)
    async with room_socket(room, ada):
        assert await asked(group) is False
        async with room_socket(room, ben, format="html") as page:
            await page.next("presence")
            assert await asked(group) is True
            # As another process sees it, which has no hub and so no members: Redis is asked.
            with monkeypatch.context() as elsewhere:
                elsewhere.setattr(realtime_hub, "_hubs", {})
                assert await asked(group) is True
        assert await asked(group) is False


@on_a_loop
async def test_redis_is_asked_for_pages_once_until_one_comes(room, ada, ben, monkeypatch):
    group, elsewhere = f"chat.{room.pk}", Mock(wraps=services._pages_elsewhere)
    monkeypatch.setattr(services, "_pages_elsewhere", elsewhere)
    asked = sync_to_async(services.pages_listen)
    async with room_socket(room, ada) as program:
        await program.next("presence")
        assert [await asked(group) for _ in range(3)] == [False] * 3
        assert elsewhere.call_count == 1
        async with room_socket(room, ben, format="html") as page:
            await page.next("presence")
            await program.next("user_joined")  # told after the page was announced, on the same road
        assert [await asked(group) for _ in range(3)] == [False] * 3
    assert elsewhere.call_count == 2


@on_a_loop
async def test_a_page_that_a_process_had_not_heard_of_is_told_to_catch_up(room, ada, ben):
    group = f"chat.{room.pk}"
    undrawn = {"type": "frames", "group": group, "json": encode({"type": "typing"}), "html": ""}
    async with room_socket(room, ada) as program, room_socket(room, ben, format="html") as page:
        await page.next("presence")
        await sync_to_async(services.send)(group, undrawn)
        assert await page.next("resync") == {"type": "resync"}
        assert await program.next("typing") == {"type": "typing"}
