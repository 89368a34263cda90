"""Calling and accepting on everybody's socket: what their forms do, before a request is built up."""

from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from helpdesk.models import HelpSession, HelpSummons
from helpdesk.summons.errors import AlreadyTaken, EnrolFirst, NotYourCourse, SummonsNotThere
from peerloop.core.accounts.services import mute_account
from peerloop.core.conversations.errors import Muted
from peerloop.core.presence.deeds import Deed, deed
from peerloop.core.realtime import tokens
from tests.factories.helpdesk import helpers_of
from tests.support.sockets import Socket, on_a_loop

db = sync_to_async


def person_socket(user) -> Socket:
    return Socket(f"/api/me/connect?token={tokens.issue(user_id=user.pk, room='person')}")


async def do(socket: Socket, command: str, **fields: object) -> dict:
    """What the person's own socket says to a deed."""
    await socket.send(type=command, **fields)
    said = await socket.next_of("done", "error")
    assert said.pop("command") == command
    return said


def refused(refusal: type) -> dict:
    return {"type": "error", "message": refusal.text}


@pytest.mark.covers("HELP-84", "HELP-88")
@on_a_loop
async def test_a_call_reaches_the_helpers_and_called_twice_it_is_the_same(ada, course, modules, helper):
    call = {"course": str(course.pk), "module": str(modules[0].pk), "message": "Thick"}
    async with person_socket(helper) as bens, person_socket(ada) as adas:
        said = [await do(adas, "summon", **call) for _ in range(2)]
        heard = await bens.next("summon")
        await bens.next("notification")
    assert [each["type"] for each in bens.heard].count("summon") == 1
    made = await db(HelpSummons.objects.get)()
    done = {"type": "done", "request_id": str(made.pk), "available_helpers": 1}
    assert (said, heard["request_id"], heard["message"]) == ([done, done], str(made.pk), "Thick")
    assert (made.student_id, made.module_id) == (ada.pk, modules[0].pk)


@pytest.mark.covers("HELP-02", "HELP-76")
@on_a_loop
async def test_who_is_not_enrolled_calls_nobody(course, helper, oskar):
    async with person_socket(helper) as bens, person_socket(oskar) as oskars:
        assert await do(oskars, "summon", course=str(course.pk)) == refused(EnrolFirst)
        assert await bens.silent()
    assert await db(HelpSummons.objects.count)() == 0


@on_a_loop
async def test_who_was_muted_since_the_page_was_opened_calls_nobody(ada, course, helper, root):
    async with person_socket(ada) as adas:
        await db(mute_account)(user=ada, until=timezone.now() + timedelta(days=1), by=root)
        said = await do(adas, "summon", course=str(course.pk), message="Thick")
    assert (said["type"], Muted.text.partition("{")[0] in said["message"]) == ("error", True)
    assert await db(HelpSummons.objects.count)() == 0


@pytest.mark.covers("HELP-89", "HELP-91", "HELP-92", "HELP-93")
@on_a_loop
async def test_the_first_to_accept_wins_and_the_other_is_told(summons, ada, course, helper):
    other = (await db(helpers_of)(course, 1))[0]
    token = tokens.issue(user_id=ada.pk, room=summons.pk)
    adas = Socket(f"/api/help/connect?request_id={summons.pk}&token={token}")
    async with person_socket(helper) as bens, person_socket(other) as others, adas:
        said = [await do(each, "accept_summons", request_id=str(summons.pk)) for each in (bens, others, bens)]
        matched = await adas.next("matched")
    done = {"type": "done", "request_id": str(summons.pk)}
    assert (said, matched["helper"]["id"]) == ([done, refused(AlreadyTaken), done], str(helper.pk))
    await db(summons.refresh_from_db)()
    assert (summons.status, summons.responder_id) == (HelpSummons.Status.ACCEPTED, helper.pk)
    assert (await db(HelpSession.objects.get)()).helper_id == helper.pk


@on_a_loop
async def test_nobody_accepts_what_is_not_for_them_or_not_there(summons, helper, mei):
    async with person_socket(helper) as bens, person_socket(mei) as meis:
        assert await do(meis, "accept_summons", request_id=str(summons.pk)) == refused(NotYourCourse)
        assert await do(bens, "accept_summons", request_id=str(uuid4())) == refused(SummonsNotThere)
        await bens.send(type="accept_summons", request_id="x")
        assert "request_id" in (await bens.next("error"))["message"]
    assert await db(HelpSession.objects.count)() == 0


def test_one_name_stands_for_one_deed():
    with pytest.raises(ValueError, match="'summon' is declared twice"):
        deed("summon")(type("Another", (Deed,), {}))
