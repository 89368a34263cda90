"""Those who watch a paid request hear how it stands, at once and again whenever they come back."""

import pytest

from helpdesk.models import HelpSession
from helpdesk.requests.services.claiming import claim_request, give_back_claim
from helpdesk.requests.services.holding import complete_session, start_session
from helpdesk.requests.services.requesting import withdraw_request
from peerloop.core.presence.services import set_availability
from peerloop.core.realtime import tokens
from peerloop.core.realtime.consumers import in_thread
from tests.factories.requests import ask, claim_on, on_duty, put_on_hold
from tests.support.sockets import Socket, on_a_loop


def socket(user, path: str) -> Socket:
    token = tokens.issue(user_id=user.pk, room="me")
    return Socket(f"{path}{'&' if '?' in path else '?'}token={token}")


def at_request(user, request) -> Socket:
    return socket(user, f"/api/help/requests/connect?request_id={request.pk}")


def at_session(user, session) -> Socket:
    return socket(user, f"/api/help/sessions/connect?session_id={session.pk}")


def anywhere(user) -> Socket:
    return socket(user, "/api/me/connect")


async def pong(line: Socket) -> dict:
    await line.send(type="ping")
    return await line.next("pong")


@pytest.mark.covers("SESS-03", "SESS-08", "SESS-102", "REC-31")
@on_a_loop
async def test_the_customer_hears_every_step_on_the_status_page(asked, ada, duty):
    async with at_request(ada, asked) as page:
        first = await page.next("request_updated")
        assert (first["status"], first["payment_status"], first["session_id"]) == ("open", "none", None)
        await in_thread(put_on_hold)(asked)
        assert (await page.next("request_updated"))["payment_status"] == "authorized"
        session = await in_thread(claim_request)(request_id=asked.pk, by=duty)
        assert (await page.next("session_updated"))["status"] == "waiting"
        claimed = await page.next("request_updated")
        assert (claimed["status"], claimed["helper"]["name"]) == ("in_progress", "Ben Okoro")
        assert claimed["session_id"] == str(session.pk)
        await in_thread(start_session)(session_id=session.pk, by=duty)
        assert (await page.next("session_updated"))["status"] == "active"
        await in_thread(complete_session)(session_id=session.pk, outcome="unresolved", by=duty)
        ended = await page.next("session_updated")
        assert (ended["status"], ended["outcome"], ended["duration"]) == ("ended", "unresolved", 0)
        over = [await page.next("request_updated") for _ in range(2)]
        stands = [(each["status"], each["payment_status"]) for each in over]
        assert stands == [("closed", "authorized"), ("closed", "captured")]
        assert (await pong(page))["stage"] == "over"


@pytest.mark.covers("SESS-81")
@on_a_loop
async def test_the_two_of_a_session_follow_it_and_its_request(waiting, dispatched, ada, duty):
    async with at_session(ada, waiting) as hers, at_session(duty, waiting) as his:
        for line in (hers, his):
            first = await line.next("session_updated")
            assert (first["status"], first["customer_join_url"]) == ("waiting", waiting.customer_join_url)
            await line.next("request_updated")
        await in_thread(start_session)(session_id=waiting.pk, by=duty)
        for line in (hers, his):
            assert (await line.next("session_updated"))["status"] == "active"
        await in_thread(complete_session)(session_id=waiting.pk, outcome="resolved", by=duty)
        for line in (hers, his):
            assert (await line.next("session_ended"))["duration"] == 0
            assert (await line.next("session_updated"))["outcome"] == "resolved"
            assert (await pong(line))["status"] == "ended"


@on_a_loop
async def test_who_comes_late_starts_from_how_it_stands_now(begun, dispatched, ada):
    async with at_session(ada, begun) as line:
        assert (await line.next("session_updated"))["status"] == "active"
        assert (await line.next("request_updated"))["status"] == "in_progress"
    async with at_request(ada, dispatched) as line:
        assert (await line.next("session_updated"))["session_id"] == str(begun.pk)
        assert (await line.next("request_updated"))["status"] == "in_progress"


@pytest.mark.covers("REC-91")
@on_a_loop
async def test_nobody_else_gets_a_connection(waiting, dispatched, ada, duty, oskar, mei):
    other = await in_thread(on_duty)(mei)
    async with at_session(duty, waiting) as line:
        await line.next("session_updated")
    lines = [(at_session, each, waiting) for each in (oskar, other)]
    lines += [(at_request, each, dispatched) for each in (oskar, other, duty)]
    sentences = {
        at_session: "That session is not here, or not yours.",
        at_request: "That help request is not here, or not for you to see.",
    }
    for door, person, thing in lines:
        async with door(person, thing) as line:
            assert await line.closed() == 4403
            assert [each["message"] for each in line.heard] == [sentences[door]]
    for path in ("/api/help/requests/connect?request_id=none", "/api/help/sessions/connect"):
        async with socket(ada, path) as line:
            assert await line.closed() == 4403


@on_a_loop
async def test_helpers_who_are_here_see_a_request_come_and_go_and_others_do_not(asked, ada, duty, oskar, mei):
    resting = await in_thread(on_duty)(mei)
    await in_thread(set_availability)(user=resting, available=False, by=resting)
    async with (
        anywhere(duty) as his,
        anywhere(oskar) as outside,
        anywhere(ada) as hers,
        anywhere(resting) as quiet,
    ):
        for line in (his, outside, hers, quiet):
            await pong(line)
        await in_thread(put_on_hold)(asked)
        opened = await his.next("request_open")
        assert (opened["request_id"], opened["category"], opened["amount"]) == (str(asked.pk), "painting", 2000)
        await in_thread(withdraw_request)(request_id=asked.pk, by=ada)
        assert (await his.next("request_taken"))["request_id"] == str(asked.pk)
        for line in (outside, hers):
            await pong(line)
            assert not {"request_open", "request_taken"} & {each["type"] for each in line.heard}
        await quiet.next("request_taken")
        assert "request_open" not in {each["type"] for each in quiet.heard}


@on_a_loop
async def test_a_request_that_is_given_back_comes_again(dispatched, duty, mei, ada):
    other = await in_thread(on_duty)(mei)
    async with anywhere(other) as hers:
        await pong(hers)
        session = await in_thread(claim_request)(request_id=dispatched.pk, by=duty)
        await hers.next("request_taken")
        await in_thread(give_back_claim)(session_id=session.pk, by=duty)
        assert (await hers.next("request_open"))["request_id"] == str(dispatched.pk)


@on_a_loop
async def test_the_two_hear_what_is_written_from_the_claim_on_and_who_types(waiting, ada, duty, without_pauses):
    async with at_session(ada, waiting) as hers, at_session(duty, waiting) as his:
        await hers.send(type="typing")
        await his.next("typing")
        await hers.send(type="message", content="I am ready.")
        for line in (hers, his):
            said = await line.next("message")
            assert (said["data"]["content"], said["data"]["author"]["name"]) == ("I am ready.", "Ada Lind")
        await his.send(type="read", number=said["data"]["number"])
        assert (await hers.next("seen"))["number"] == 1
        await his.send(type="typing")
        await hers.next("helper_typing")
        assert (await pong(his))["version"] == said["data"]["version"]
        await in_thread(start_session)(session_id=waiting.pk, by=duty)
        await in_thread(complete_session)(session_id=waiting.pk, outcome="resolved", by=duty)
        await hers.next("session_ended")
        await hers.send(type="message", content="One more thing.")
        assert (await hers.next("error"))["message"] == "This session has ended."


@pytest.mark.covers("REC-65")
@on_a_loop
async def test_the_call_can_be_awaited_before_the_session_begins_and_ends_with_it(waiting, dispatched, ada, duty):
    peer = "00000000-0000-4000-8000-000000000001"
    async with at_session(ada, waiting) as hers, at_session(duty, waiting) as his:
        await hers.send(type="call_join", peer=peer)
        assert (await hers.next("call_ready"))["polite"] is True
        assert (await his.next("video_started"))["url"] == waiting.customer_join_url
        assert (await his.next("call_joined"))["peer"] == peer
        await in_thread(start_session)(session_id=waiting.pk, by=duty)
        await in_thread(complete_session)(session_id=waiting.pk, outcome="resolved", by=duty)
        await hers.send(type="call_join", peer=peer)
        assert (await hers.next("error"))["message"] == "This session has ended."


@on_a_loop
async def test_the_helpers_coming_and_going_is_noted(begun, dispatched, duty):
    def left():
        return HelpSession.objects.get(pk=begun.pk).helper_left_at is not None

    assert await in_thread(left)() is True
    async with at_session(duty, begun) as his:
        await his.next("request_updated")
        for _ in range(50):
            if not await in_thread(left)():
                break
            await pong(his)
        assert await in_thread(left)() is False


@on_a_loop
async def test_two_requests_do_not_hear_of_each_other(dispatched, ada, duty, mei):
    second = await in_thread(lambda: put_on_hold(ask(mei)))()
    async with at_request(mei, second) as hers, at_request(ada, dispatched) as adas:
        await hers.next("request_updated")
        await adas.next("request_updated")
        await in_thread(claim_request)(request_id=dispatched.pk, by=duty)
        await adas.next("session_updated")
        await pong(hers)
        assert [each["type"] for each in hers.heard] == ["request_updated", "pong"]
    assert (await in_thread(claim_on)(dispatched)).helper_id == duty.pk
