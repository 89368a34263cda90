"""The help socket: its protocol, to the letter, and what it keeps from whom."""

import asyncio
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from helpdesk.models import HelpSession, HelpSummons, SessionMessage
from helpdesk.sessions.services import presence
from helpdesk.sessions.services.messages import post_session_message
from helpdesk.summons.services.answering import accept_summons
from helpdesk.summons.services.calling import cancel_summons, expire_summons, request_help
from peerloop.core.accounts.services import ban_account
from peerloop.core.presence.services import set_availability
from peerloop.core.realtime import tokens
from tests.factories.helpdesk import age, helpers_of, let_time_run_out
from tests.support.sockets import Socket, on_a_loop

db = sync_to_async


def help_socket(summons, user, room=None) -> Socket:
    token = tokens.issue(user_id=user.pk, room=room or summons.pk)
    return Socket(f"/api/help/connect?request_id={summons.pk}&token={token}")


def modal_socket(course, user) -> Socket:
    token = tokens.issue(user_id=user.pk, room=course.pk)
    return Socket(f"/api/help/available?course_id={course.pk}&token={token}")


def person_socket(user) -> Socket:
    return Socket(f"/api/me/connect?token={tokens.issue(user_id=user.pk, room='person')}")


def shape(user, *, teaches: bool) -> dict:
    return {"id": str(user.pk), "name": str(user), "avatar": user.avatar_url, "is_student_teacher": teaches}


async def ready(socket: Socket) -> None:
    """What is told on connecting has been told."""
    await socket.send(type="ping")
    await socket.next("pong")
    socket.heard.clear()


# -- who may listen ----------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-95")
@on_a_loop
async def test_a_stranger_hears_nothing_and_is_told_why(summons, accepted, oskar, sam):
    for stranger in (oskar, sam):
        async with help_socket(summons, stranger) as socket:
            assert await socket.closed() == 4403
        assert socket.heard == [{"type": "error", "message": "Only the two people of this session can do that."}]


@pytest.mark.covers("HELP-95")
@on_a_loop
async def test_a_helper_who_was_not_matched_hears_nothing(summons, helper):
    async with help_socket(summons, helper) as socket:
        assert await socket.closed() == 4403


@pytest.mark.covers("HELP-95")
@on_a_loop
async def test_a_token_opens_the_socket_of_its_own_summons_only(summons, ada):
    async with help_socket(summons, ada, room=uuid4()) as socket:
        assert await socket.closed() == 4403
    async with Socket(f"/api/help/connect?request_id={summons.pk}&token=forged") as forged:
        assert await forged.closed() == 4403
    async with Socket(f"/api/help/connect?request_id={summons.pk}") as nobody:
        assert await nobody.closed() == 4401


@on_a_loop
async def test_an_unknown_or_damaged_address_is_closed(ada, course):
    for request_id in (uuid4(), "x"):
        token = tokens.issue(user_id=ada.pk, room=request_id)
        async with Socket(f"/api/help/connect?request_id={request_id}&token={token}") as socket:
            assert await socket.closed() == 4403


@on_a_loop
async def test_who_is_banned_hears_no_more(accepted, helper, root):
    async with help_socket(accepted, helper) as socket:
        await ready(socket)
        await db(ban_account)(user=helper, by=root)
        assert await socket.closed() == 4401


# -- waiting -----------------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-79", "HELP-93", "HELP-96", "HELP-113")
@on_a_loop
async def test_the_waiting_student_hears_who_accepted(summons, ada, helper):
    async with help_socket(summons, ada) as socket:
        assert await socket.next("helpers_available") == {"type": "helpers_available", "count": 1}
        await ready(socket)
        await db(accept_summons)(summons_id=summons.pk, by=helper)
        matched = await socket.next("matched")
    assert matched == {"type": "matched", "helper": shape(helper, teaches=True)}


@pytest.mark.covers("HELP-113")
@on_a_loop
async def test_the_helper_hears_that_the_student_joined_whoever_comes_first(accepted, ada, helper):
    joined = {"type": "student_joined", "student": shape(ada, teaches=False)}
    async with help_socket(accepted, helper) as first:
        await ready(first)
        async with help_socket(accepted, ada) as adas:
            assert await first.next("student_joined") == joined
            await ready(adas)
            async with help_socket(accepted, helper) as second:
                assert await second.next("student_joined") == joined


@pytest.mark.covers("HELP-29", "HELP-64")
@on_a_loop
async def test_the_students_other_pages_hear_of_the_cancellation(summons, ada):
    async with help_socket(summons, ada) as socket:
        await ready(socket)
        await db(cancel_summons)(summons_id=summons.pk, by=ada)
        assert await socket.next("cancelled") == {"type": "cancelled"}
    async with help_socket(summons, ada) as late:
        assert await late.next("cancelled") == {"type": "cancelled"}


@pytest.mark.covers("HELP-124")
@on_a_loop
async def test_the_student_hears_that_nobody_came(summons, ada):
    async with help_socket(summons, ada) as socket:
        await ready(socket)
        await db(let_time_run_out)(summons)
        await db(expire_summons)(summons_id=summons.pk)
        await db(expire_summons)(summons_id=summons.pk)
        assert await socket.next("timeout") == {"type": "timeout"}
        assert await socket.silent()
    async with help_socket(summons, ada) as late:
        assert await late.next("timeout") == {"type": "timeout"}


@pytest.mark.covers("HELP-28")
@on_a_loop
async def test_the_count_of_the_waiting_student_follows_the_helpers(summons, ada, helper):
    async with help_socket(summons, ada) as socket:
        await ready(socket)
        await db(set_availability)(user=helper, available=False, by=helper)
        assert await socket.next("helpers_available") == {"type": "helpers_available", "count": 0}


# -- helpers on any page -----------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-84", "HELP-88")
@on_a_loop
async def test_available_helpers_hear_of_a_summons_on_any_page_and_others_do_not(ada, course, modules, helper, mei):
    async with person_socket(helper) as bens, person_socket(mei) as meis:
        await ready(bens)
        await ready(meis)
        summons = await db(request_help)(course_id=course.pk, module_id=modules[0].pk, message="Thick", by=ada)
        heard = await bens.next("summon")
        assert await meis.silent()
    assert heard == {
        "type": "summon",
        "request_id": str(summons.pk),
        "course": {"id": str(course.pk), "title": course.title},
        "module": {"id": str(modules[0].pk), "title": modules[0].title},
        "student": shape(ada, teaches=False),
        "message": "Thick",
    }


@pytest.mark.covers("HELP-89")
@on_a_loop
async def test_the_other_helpers_hear_that_it_is_taken(summons, course, helper):
    other = (await db(helpers_of)(course, 1))[0]
    async with person_socket(other) as socket:
        await ready(socket)
        await db(accept_summons)(summons_id=summons.pk, by=helper)
        closed = await socket.next("summon_closed")
    assert closed == {"type": "summon_closed", "request_id": str(summons.pk)}


@pytest.mark.covers("HELP-120", "HELP-119")
@on_a_loop
async def test_open_modals_hear_how_many_helpers_there_are_now(ada, course, helper, ben, oskar):
    def count(number: int) -> dict:
        return {"type": "helpers_available", "course_id": str(course.pk), "count": number}

    async with modal_socket(course, ada) as socket:
        assert await socket.next("helpers_available") == count(1)
        await ready(socket)
        await db(set_availability)(user=ben, available=False, by=ben)
        assert await socket.next("helpers_available") == count(0)
        await db(set_availability)(user=ben, available=True, by=ben)
        assert await socket.next("helpers_available") == count(1)
        summons = await db(request_help)(course_id=course.pk, by=ada)
        await db(accept_summons)(summons_id=summons.pk, by=ben)
        assert await socket.next("helpers_available") == count(0)
    async with modal_socket(course, oskar) as stranger:
        assert await stranger.closed() == 4403
    assert stranger.heard == [{"type": "error", "message": "Enrol in this course to summon help."}]


# -- talking -----------------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-94", "HELP-97", "HELP-100", "HELP-114")
@on_a_loop
async def test_a_message_reaches_both_with_the_fields_of_the_protocol(accepted, ada, helper):
    async with help_socket(accepted, ada) as adas, help_socket(accepted, helper) as bens:
        await ready(adas)
        await ready(bens)
        await bens.send(type="message", content="Hello")
        mine, theirs = await bens.next("message"), await adas.next("message")
    stored = await SessionMessage.objects.aget()
    assert (
        mine
        == theirs
        == {
            "type": "message",
            "data": {
                "id": str(stored.pk),
                "author_id": str(helper.pk),
                "author": shape(helper, teaches=True),
                "request_id": str(accepted.pk),
                "content": "Hello",
                "created_at": stored.created_at.isoformat().replace("+00:00", "Z"),
                "number": 1,
                "version": 1,
                "client_id": str(stored.client_id),
                "attachments": [],
            },
        }
    )


@on_a_loop
async def test_a_refused_message_says_which(accepted, ada):
    async with help_socket(accepted, ada) as socket:
        await ready(socket)
        sending = str(uuid4())
        await socket.send(type="message", content=" ", client_id=sending)
        error = await socket.next("error")
    assert error == {"type": "error", "message": "Write something first.", "client_id": sending}


@pytest.mark.covers("HELP-98", "HELP-101", "REC-33")
@on_a_loop
async def test_typing_is_told_to_the_other_one_at_most_once_a_second(accepted, ada, helper):
    async with help_socket(accepted, ada) as adas, help_socket(accepted, helper) as bens:
        await ready(adas)
        await ready(bens)
        await bens.send(type="typing")
        await bens.send(type="typing")
        assert await adas.next("helper_typing") == {"type": "helper_typing"}
        await adas.send(type="typing")
        assert await bens.next("typing") == {"type": "typing"}
        assert await adas.silent()
        assert await bens.silent()


@pytest.mark.covers("HELP-99", "HELP-102", "HELP-115")
@on_a_loop
async def test_ending_the_session_is_told_to_both_with_its_duration(accepted, ada, helper):
    await db(age)(accepted.session, seconds=421)
    async with help_socket(accepted, ada) as adas, help_socket(accepted, helper) as bens:
        await ready(adas)
        await ready(bens)
        await adas.send(type="end_session")
        ended = {"type": "session_ended", "duration": 421}
        assert (await adas.next("session_ended"), await bens.next("session_ended")) == (ended, ended)
        await bens.send(type="end_session")
        await bens.send(type="message", content="Still there?")
        assert (await bens.next("error"))["message"] == "This session has ended."
    assert (await HelpSummons.objects.aget()).status == "completed"
    async with help_socket(accepted, helper) as late:
        assert await late.next("session_ended") == ended


@on_a_loop
async def test_reading_is_kept_and_a_ping_tells_where_it_stands(accepted, ada, helper):
    await db(post_session_message)(session_id=accepted.pk, content="Hello", by=helper)
    async with help_socket(accepted, ada) as socket:
        await ready(socket)
        await socket.send(type="read", number=1)
        await socket.send(type="ping")
        assert await socket.next("pong") == {"type": "pong", "status": "accepted", "version": 1}
    assert (await HelpSession.objects.aget()).student_read == 1


# -- gone and back -----------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-72")
@on_a_loop
async def test_a_helper_gone_beyond_the_grace_is_told_once_and_so_is_the_return(accepted, ada, helper):
    async with help_socket(accepted, ada) as adas:
        await ready(adas)
        async with help_socket(accepted, helper) as bens:
            await ready(bens)
            await left_is(False)
        await left_is(True)
        assert await db(presence.sweep_helpers)() == 0
        await grace_is_over()
        assert [await db(presence.sweep_helpers)(), await db(presence.sweep_helpers)()] == [1, 0]
        assert await adas.next("helper_disconnected") == {"type": "helper_disconnected"}
        async with help_socket(accepted, helper):
            assert await adas.next("helper_returned") == {"type": "helper_returned"}
    assert [each["type"] for each in adas.heard].count("helper_disconnected") == 1
    assert (await HelpSession.objects.aget()).status == "active"


@pytest.mark.covers("HELP-72")
@on_a_loop
async def test_a_student_who_comes_back_learns_that_the_helper_is_gone(accepted, ada):
    await grace_is_over()
    await db(presence.sweep_helpers)()
    async with help_socket(accepted, ada) as socket:
        await socket.next("helper_disconnected")
    assert [each["type"] for each in socket.heard] == ["matched", "helper_disconnected"]


async def left_is(expected: bool) -> None:
    """Wait until it is noted that the helper has left, or is here."""
    for _ in range(50):
        if bool((await HelpSession.objects.aget()).helper_left_at) is expected:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("not noted")


async def grace_is_over() -> None:
    session = await HelpSession.objects.aget()
    before = (session.helper_left_at or session.started_at) - presence.grace()
    await HelpSession.objects.aupdate(helper_left_at=before)
