"""Who has a free request open hears at once that it has changed, and nobody hears who may not see it."""

import pytest
from django.urls import reverse

from goodwill.services import vote_helpful
from helpdesk.requests.services.answering import edit_response
from helpdesk.requests.services.assigning import assign_helper, release_request
from helpdesk.requests.services.editing import edit_request
from helpdesk.requests.services.hiding import set_request_hidden, set_response_hidden
from helpdesk.requests.services.pictures import Picture
from helpdesk.requests.services.pinning import Pin, pin_photo, remove_pin
from helpdesk.requests.services.solving import close_request, mark_solution, reopen_request, unmark_solution
from peerloop.core.realtime import tokens
from peerloop.core.realtime.consumers import in_thread
from tests.factories.requests import paid_request
from tests.factories.threads import answer, ask, picture_of, wanted
from tests.support.pages import HTMX
from tests.support.sockets import Socket, on_a_loop


def at_thread(user, request_id) -> Socket:
    token = tokens.issue(user_id=user.pk, room="me")
    return Socket(f"/api/help/threads/connect?request_id={request_id}&token={token}")


async def open_line(line: Socket) -> None:
    await line.send(type="ping")
    assert await line.next("pong") == {"type": "pong"}


async def hears_once(line: Socket, request, act, /, **given) -> object:
    """What was done, after which the page is told once."""
    done = await in_thread(act)(**given)
    assert await line.next("thread_changed") == {"type": "thread_changed", "request_id": str(request.pk)}
    await line.send(type="ping")
    told = len(line.heard)
    await line.next("pong")
    assert len(line.heard) == told + 1
    return done


@pytest.mark.covers("REC-38")
@on_a_loop
async def test_whatever_changes_in_a_request_is_told_once(ada, ben, oskar, root):
    asked = await in_thread(ask)(ada, [Picture((await in_thread(picture_of)(ada)).pk)])
    photo = await in_thread(asked.photos.get)()
    about = {"request_id": asked.pk, "by": ada}
    async with at_thread(oskar, asked.pk) as line:
        await open_line(line)
        made = await hears_once(line, asked, answer, request=asked, by=ben)
        this = {"response_id": made.pk, "by": ada}
        vote = {"content_type": "help_response", "content_id": made.pk, "is_helpful": True, "by": ada}
        await hears_once(line, asked, vote_helpful, **vote)
        await hears_once(line, asked, edit_response, **{**this, "by": ben}, response_text="Varnish it.")
        await hears_once(line, asked, mark_solution, **this)
        await hears_once(line, asked, unmark_solution, **this)
        await hears_once(line, asked, assign_helper, **about, helper_id=ben.pk)
        await hears_once(line, asked, release_request, **about)
        await hears_once(line, asked, close_request, **about)
        await hears_once(line, asked, reopen_request, **about)
        pin = await hears_once(line, asked, pin_photo, pin=Pin(photo_id=photo.pk, x=0.5, y=0.5), by=ada)
        await hears_once(line, asked, remove_pin, pin_id=pin.pk, by=ada)
        await hears_once(line, asked, edit_request, **about, wanted=wanted(title="Dusty cloak"))
        await hears_once(line, asked, set_response_hidden, response_id=made.pk, hidden=True, by=root)


@pytest.mark.covers("REC-91")
@on_a_loop
async def test_who_may_not_see_a_request_hears_nothing_of_it(ada, ben, oskar, root):
    private = await in_thread(ask)(ada, title="For my helper alone", is_public=False)
    paid = await in_thread(paid_request)(ada)
    for person, request_id in [(oskar, private.pk), (ben, private.pk), (ada, paid.pk), (ada, "none")]:
        async with at_thread(person, request_id) as line:
            assert await line.closed() == 4403
            assert [each["type"] for each in line.heard] == ["error"]
    await in_thread(assign_helper)(request_id=private.pk, helper_id=ben.pk, by=root)
    async with at_thread(ben, private.pk) as his, at_thread(root, private.pk) as staff:
        await open_line(his)
        await hears_once(staff, private, answer, request=private, by=ada)
        # Who was its helper hears nothing after that, not even that it goes on.
        await in_thread(release_request)(request_id=private.pk, by=ada)
        assert [await his.closed(), await staff.closed()] == [4401, 4401]


@on_a_loop
async def test_a_request_that_is_closed_to_the_public_closes_every_line(ada, oskar, root):
    asked = await in_thread(ask)(ada)

    async def closes(act, **given) -> None:
        async with at_thread(oskar, asked.pk) as line:
            await open_line(line)
            await in_thread(act)(request_id=asked.pk, **given)
            assert await line.closed() == 4401
            assert [each["type"] for each in line.heard] == ["pong", "error"]

    await closes(edit_request, by=ada, wanted=wanted(is_public=False))
    await in_thread(edit_request)(request_id=asked.pk, by=ada, wanted=wanted())
    await closes(set_request_hidden, hidden=True, by=root)


@pytest.mark.django_db
def test_an_open_page_gets_its_pieces_for_its_own_viewer_and_looking_again_counts_nothing(
    ada, ben, oskar, question, reply, as_user
):
    address = reverse("help_request", args=[question.pk])
    pieces = {each: as_user(each).get(address, headers=HTMX).content.decode() for each in (ada, oskar, None)}
    assert ["<html" in each or "<nav class=" in each for each in pieces.values()] == [False] * 3
    assert ["This solved it" in each for each in pieces.values()] == [True, False, False]
    assert ['name="is_helpful"' in each for each in pieces.values()] == [True, True, False]
    assert ["data-socket=" in each for each in pieces.values()] == [True, True, False]
    question.refresh_from_db()
    assert question.view_count == 0


@pytest.mark.django_db
def test_an_answer_that_comes_when_the_request_has_just_been_closed_is_kept_on_the_page(ada, ben, question, as_user):
    close_request(request_id=question.pk, by=ada)
    refused = as_user(ben).post(reverse("help_respond", args=[question.pk]), {"response_text": "Seal it."})
    assert (refused.status_code, "Seal it.</textarea>" in refused.content.decode()) == (409, True)
