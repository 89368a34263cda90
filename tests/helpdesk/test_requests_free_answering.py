"""What happens in a thread: responses, votes, the solution, who takes care of it, its end; and who is told."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from goodwill.areas import Area
from goodwill.errors import OwnContent, VoteOnNothing
from goodwill.models import Evidence, HelpfulVote, UserExpertise
from goodwill.queries import expertises_of, problems
from goodwill.services import vote_helpful
from helpdesk.models import HelpRequest, HelpResponse, PhotoPin
from helpdesk.requests import errors
from helpdesk.requests.queries.threads import responders_of
from helpdesk.requests.services.answering import edit_response
from helpdesk.requests.services.assigning import assign_helper, release_request, take_request
from helpdesk.requests.services.editing import edit_request
from helpdesk.requests.services.pictures import Picture
from helpdesk.requests.services.pinning import Pin
from helpdesk.requests.services.solving import (
    close_request,
    mark_solution,
    rate_help,
    reopen_request,
    unmark_solution,
)
from peerloop.core.accounts.exports import exports
from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import ban_account, delete_account, mute_account, set_role, system
from peerloop.core.conversations.errors import Muted
from peerloop.core.errors import NotThere, TooFast
from peerloop.core.moderation.services import flag_item, hide_item, restore_item
from peerloop.core.notifications.models import Notification
from tests.factories.requests import paid_request
from tests.factories.threads import answer, ask, picture_of, wanted

pytestmark = pytest.mark.django_db


def state(request: HelpRequest) -> tuple[str, str | None, bool, bool]:
    row = HelpRequest.objects.select_related("assigned_helper").get(pk=request.pk)
    helper = row.assigned_helper.username if row.assigned_helper else None
    return row.status, helper, row.resolved_at is not None, row.closed_at is not None


def solutions(request: HelpRequest) -> list[HelpResponse]:
    return list(request.responses.filter(is_solution=True))


def counts(*rows) -> list[int]:
    return [type(row).objects.get(pk=row.pk).helpful_count for row in rows]


def told() -> list[tuple[str, str]]:
    return sorted((each.recipient.username, each.title) for each in Notification.objects.all())


def vote(voter: User, response: HelpResponse, is_helpful: bool = True):
    return vote_helpful(content_type="help_response", content_id=response.pk, is_helpful=is_helpful, by=voter)


def score(user: User) -> dict[str, int]:
    return {row.name: row.reputation_score for row in expertises_of(user)}


def as_helper(user: User) -> User:
    return set_role(user=user, role=User.Role.HELPER, by=system())


# -- responding --------------------------------------------------------------------------------------------------


@pytest.mark.covers("REQ-02", "REQ-04", "REQ-22", "REQ-23", "REQ-24", "REQ-26", "REQ-27", "REQ-28", "REC-41")
def test_anybody_signed_in_may_respond_in_steps(question, oskar):
    steps = "1. Seal it.\r\n2. Glaze it.\n\nThen wait."
    made = answer(question, oskar, steps)
    stored = HelpResponse.objects.get()
    assert (stored.pk, stored.request, stored.responder) == (made.pk, question, oskar)
    assert stored.response_text == "1. Seal it.\n2. Glaze it.\n\nThen wait."
    assert (stored.is_solution, stored.helpful_count) == (False, 0)
    assert stored.updated_at - stored.created_at < timedelta(seconds=5)
    question.delete()
    assert HelpResponse.objects.count() == 0


@pytest.mark.covers("REQ-25", "REQ-03")
def test_a_response_brings_photos_and_marks_on_the_photos_of_the_request(ada, ben):
    question = ask(ada, [Picture(picture_of(ada).pk)])
    photo, mine = question.photos.get(), picture_of(ben)
    made = answer(question, ben, pictures=[Picture(mine.pk, "Mine")], pins=[Pin(photo_id=photo.pk, x=0.1, y=0.9)])
    assert list(made.photos.values_list("upload", "place", "caption")) == [(mine.pk, 1, "Mine")]
    pin = PhotoPin.objects.get()
    assert (pin.photo, pin.response, pin.by, pin.number, pin.x, pin.y) == (photo, made, ben, 1, 0.1, 0.9)
    stranger = ask(ada, [Picture(picture_of(ada).pk)], title="Another").photos.get()
    with pytest.raises(errors.PhotoNotThere):
        answer(question, ben, "With a mark elsewhere", pins=[Pin(photo_id=stranger.pk, x=0, y=0)])
    assert (HelpResponse.objects.count(), PhotoPin.objects.count()) == (1, 1)


def test_a_response_needs_words_and_a_request_that_one_sees_and_that_goes_on(ada, ben, question, oskar, root):
    for text, refusal in [(" \n", errors.ResponseMissing), ("x" * 5001, errors.TextTooLong)]:
        with pytest.raises(refusal):
            answer(question, ben, text)
    with pytest.raises(errors.RequestNotThere):
        answer(paid_request(ada), ada)
    private = ask(ada, title="Private", is_public=False)
    for by, request in [(oskar, private), (ben, HelpRequest(pk=uuid4()))]:
        with pytest.raises(errors.RequestNotThere):
            answer(request, by)
    close_request(request_id=question.pk, by=ada)
    with pytest.raises(errors.RequestClosed):
        answer(question, ben)
    mute_account(user=ben, until=timezone.now() + timedelta(hours=1), by=root)
    with pytest.raises(Muted):
        answer(question, ben)
    assert HelpResponse.objects.count() == 0


def test_a_double_click_responds_once_and_nobody_floods(question, ben, settings):
    first = answer(question, ben)
    assert answer(question, ben) == first
    for number in range(settings.PEERLOOP.RESPONSES_AN_HOUR - 1):
        answer(question, ben, f"Response {number}")
    with pytest.raises(TooFast):
        answer(question, ben, "One more")


def test_one_changes_ones_own_response_alone(ada, ben, oskar, question, reply):
    photo = picture_of(ben)
    seen_at = reply.updated_at
    edit_response(response_id=reply.pk, response_text="Better.", pictures=[Picture(photo.pk)], seen_at=seen_at, by=ben)
    stored = HelpResponse.objects.get()
    assert (stored.response_text, list(stored.photos.values_list("upload", flat=True))) == ("Better.", [photo.pk])
    assert stored.updated_at > seen_at
    with pytest.raises(errors.ChangedMeanwhile):
        edit_response(response_id=reply.pk, response_text="Stale.", seen_at=seen_at, by=ben)
    for by in (ada, oskar):
        with pytest.raises(errors.NotYourResponse):
            edit_response(response_id=reply.pk, response_text="Mine.", by=by)
    with pytest.raises(errors.ResponseNotThere):
        edit_response(response_id=uuid4(), response_text="Mine.", by=ben)
    assert HelpResponse.objects.get().response_text == "Better."


# -- votes -------------------------------------------------------------------------------------------------------


@pytest.mark.covers("REC-92", "REQ-21", "REQ-27", "REQ-41", "REP-15")
def test_helpful_votes_are_counted_on_the_response_and_summed_on_the_request(ada, ben, mei, sam, question, reply):
    other = answer(question, mei, "By a window.")
    vote(ada, reply)
    vote(sam, reply)
    vote(ben, other)
    vote(sam, other, is_helpful=False)
    assert counts(reply, other, question) == [2, 1, 3]
    vote(sam, reply, is_helpful=False)
    vote(sam, other)
    assert counts(reply, other, question) == [1, 2, 3]
    with pytest.raises(OwnContent):
        vote(ben, reply)
    assert HelpfulVote.objects.count() == 4


def test_nobody_votes_on_what_they_cannot_see(ada, ben, oskar, root, question, reply):
    edit_request(request_id=question.pk, wanted=wanted(is_public=False), by=ada)
    with pytest.raises(VoteOnNothing):
        vote(oskar, reply)
    vote(root, reply)
    assert counts(reply) == [1]


@pytest.mark.covers("REP-16", "REP-17", "REC-102")
def test_responses_votes_and_solutions_make_reputation_in_the_area_of_the_request(ada, ben, mei, question, reply):
    assert score(ben) == {"Highlighting": 0}
    vote(ada, reply)
    vote(mei, reply, is_helpful=False)
    mark_solution(response_id=reply.pk, by=ada)
    assert score(ben) == {"Highlighting": 2 - 1 + 10}
    edit_request(request_id=question.pk, wanted=wanted(category="modeling"), by=ada)
    assert score(ben) == {"Modeling": 11}
    unmark_solution(response_id=reply.pk, by=ada)
    assert score(ben) == {"Modeling": 1}
    assert list(problems()) == []


def test_ones_own_answer_to_oneself_shows_nothing(ada, mei, question):
    own = answer(question, ada, "I found it myself.")
    mark_solution(response_id=own.pk, by=ada)
    vote(mei, own)
    assert (score(ada), Evidence.objects.count(), counts(own)) == ({}, 0, [1])


# -- the solution and the end ------------------------------------------------------------------------------------


@pytest.mark.covers("REC-90", "REQ-18", "REQ-26")
def test_the_requester_marks_one_solution_which_resolves_the_request(ada, mei, question, reply):
    other = answer(question, mei, "By a window.")
    for _ in range(2):
        mark_solution(response_id=reply.pk, by=ada)
        assert (solutions(question), state(question)) == ([reply], ("resolved", None, True, False))
    mark_solution(response_id=other.pk, by=ada)
    assert (solutions(question), state(question)) == ([other], ("resolved", None, True, False))
    answer(question, mei, "One more thought.")
    assert state(question) == ("resolved", None, True, False)
    for _ in range(2):
        unmark_solution(response_id=other.pk, by=ada)
        assert (solutions(question), state(question)) == ([], ("open", None, False, False))


def test_staff_may_mark_and_nobody_else(ada, ben, oskar, root, question, reply):
    for by in (ben, oskar):
        for verb in (mark_solution, unmark_solution):
            with pytest.raises(errors.OnlyRequesterSolves):
                verb(response_id=reply.pk, by=by)
        for verb in (close_request, reopen_request):
            with pytest.raises(errors.OnlyRequesterSolves):
                verb(request_id=question.pk, by=by)
    assert state(question) == ("open", None, False, False)
    mark_solution(response_id=reply.pk, by=root)
    assert state(question) == ("resolved", None, True, False)


def test_the_database_holds_one_solution(question, ada, mei, reply):
    mark_solution(response_id=reply.pk, by=ada)
    other = answer(question, mei, "By a window.")
    with pytest.raises(IntegrityError), transaction.atomic():
        HelpResponse.objects.filter(pk=other.pk).update(is_solution=True)


@pytest.mark.covers("REQ-13", "REQ-18")
def test_a_request_is_closed_resolved_and_opened_again(ada, ben, question, reply):
    for _ in range(2):
        close_request(request_id=question.pk, by=ada)
        assert state(question) == ("closed", None, False, True)
    reopen_request(request_id=question.pk, by=ada)
    assert state(question) == ("open", None, False, False)
    close_request(request_id=question.pk, resolved=True, by=ada)
    assert state(question) == ("resolved", None, True, False)
    reopen_request(request_id=question.pk, by=ada)
    assign_helper(request_id=question.pk, helper_id=ben.pk, by=ada)
    mark_solution(response_id=reply.pk, by=ada)
    close_request(request_id=question.pk, by=ada)
    assert state(question) == ("resolved", "ben", True, False)
    reopen_request(request_id=question.pk, by=ada)
    assert (state(question), solutions(question)) == (("in_progress", "ben", False, False), [])


@pytest.mark.covers("REC-105")
def test_who_asked_says_from_1_to_5_how_the_help_was(ada, ben, root, oskar, question):
    with pytest.raises(errors.NothingToRate):
        rate_help(request_id=question.pk, rating=5, by=ada)
    close_request(request_id=question.pk, resolved=True, by=ada)
    for rating in (0, 6, -1, True, 4.0):
        with pytest.raises(errors.OneToFive):
            rate_help(request_id=question.pk, rating=rating, by=ada)
    for by in (ben, root, oskar):
        with pytest.raises(errors.NotYourRequest):
            rate_help(request_id=question.pk, rating=5, by=by)
    for rating in (5, 3):
        rate_help(request_id=question.pk, rating=rating, by=ada)
        assert HelpRequest.objects.get().rating == rating


# -- who takes care of it ----------------------------------------------------------------------------------------


@pytest.mark.covers("REC-89", "REQ-16", "REQ-42")
def test_the_requester_assigns_a_responder(ada, ben, mei, question, reply):
    answer(question, ada, "A detail.")
    assert list(responders_of(question)) == [ben]
    for _ in range(2):
        assign_helper(request_id=question.pk, helper_id=ben.pk, by=ada)
        assert state(question) == ("in_progress", "ben", False, False)
    with pytest.raises(errors.NotAResponder):
        assign_helper(request_id=question.pk, helper_id=mei.pk, by=ada)
    answer(question, mei, "By a window.")
    assign_helper(request_id=question.pk, helper_id=mei.pk, by=ada)
    assert state(question) == ("in_progress", "mei", False, False)


@pytest.mark.covers("REC-89")
def test_staff_assign_anybody_and_nobody_else_assigns(ada, ben, mei, oskar, root, question, reply):
    for by in (ben, oskar):
        with pytest.raises(errors.NotAssigning):
            assign_helper(request_id=question.pk, helper_id=ben.pk, by=by)
    for helper_id, refusal in [(ada.pk, errors.NotToYourself), (uuid4(), errors.NoSuchHelper)]:
        with pytest.raises(refusal):
            assign_helper(request_id=question.pk, helper_id=helper_id, by=root)
    assert state(question) == ("open", None, False, False)
    assign_helper(request_id=question.pk, helper_id=mei.pk, by=root)
    assert state(question) == ("in_progress", "mei", False, False)


@pytest.mark.covers("REC-89")
def test_a_helper_takes_an_open_request_and_the_first_gets_it(ada, ben, mei, oskar, question):
    for helper in (ada, ben, mei):
        as_helper(helper)
    with pytest.raises(errors.OnlyHelpersTake):
        take_request(request_id=question.pk, by=oskar)
    with pytest.raises(errors.OwnRequest):
        take_request(request_id=question.pk, by=ada)
    for _ in range(2):
        take_request(request_id=question.pk, by=ben)
        assert state(question) == ("in_progress", "ben", False, False)
    with pytest.raises(errors.TakenAlready):
        take_request(request_id=question.pk, by=mei)
    close_request(request_id=question.pk, by=ada)
    with pytest.raises(errors.RequestOver):
        take_request(request_id=question.pk, by=mei)
    with pytest.raises(errors.RequestOver):
        assign_helper(request_id=question.pk, helper_id=ben.pk, by=ada)


@pytest.mark.parametrize("who", ["ada", "ben", "root"])
def test_it_can_be_given_back(request, who, question, ada, ben, mei, root):
    take_request(request_id=question.pk, by=as_helper(ben))
    with pytest.raises(errors.NotAssigning):
        release_request(request_id=question.pk, by=mei)
    release_request(request_id=question.pk, by=request.getfixturevalue(who))
    assert state(question) == ("open", None, False, False)


def test_a_closed_account_takes_care_of_nothing_and_leaves_its_words(ada, ben, root, question, reply, committed):
    assign_helper(request_id=question.pk, helper_id=ben.pk, by=ada)
    committed(ban_account, user=ben, by=root)
    assert state(question) == ("open", None, False, False)
    delete_account(user=ada, by=ada)
    assert (HelpRequest.objects.get().title, str(HelpRequest.objects.get().requester)) == (
        question.title,
        "Deleted member",
    )
    assert HelpResponse.objects.get() == reply


# -- who is told -------------------------------------------------------------------------------------------------


@pytest.mark.covers("REC-109", "PWA-01")
def test_who_knows_the_area_is_told_of_a_new_public_request(ada, ben, mei, sam, oskar):
    for user, area in [
        (ben, Area("painting", "highlighting")),
        (mei, Area("painting")),
        (sam, Area("painting", "washes")),
        (ada, Area("painting")),
    ]:
        kind = UserExpertise.Kind.HELP_RESPONSES
        UserExpertise.objects.create(
            user=user, category=area.category, subcategory=area.subcategory, evidence_type=kind
        )
    question = ask(ada, subcategory="highlighting")
    title = "Ada Lind asks for help in what you know"
    assert told() == [("ben", title), ("mei", title)]
    notice = Notification.objects.first()
    assert (notice.description, notice.target) == (question.title, f"/help/requests/{question.pk}")
    assert (notice.request_id, notice.category) == (question.pk, "painting")
    edit_request(request_id=question.pk, wanted=wanted(subcategory="highlighting", is_public=False), by=ada)
    assert told() == []
    ask(ada, title="Private", is_public=False)
    assert told() == []


def test_the_requester_and_the_helper_are_told_of_a_response(ada, ben, mei, question, reply):
    assert told() == [("ada", "Ben Okoro responded to your help request")]
    assign_helper(request_id=question.pk, helper_id=ben.pk, by=ada)
    Notification.objects.all().delete()
    answer(question, mei, "By a window.")
    title = "Mei Tan responded to your help request"
    assert told() == [("ada", title), ("ben", "Mei Tan responded to a help request you take care of")]


def test_responders_are_told_of_the_solution_and_no_more_when_it_is_none(ada, ben, mei, question, reply):
    answer(question, mei, "By a window.")
    Notification.objects.all().delete()
    mark_solution(response_id=reply.pk, by=ada)
    assert told() == [
        ("ben", "Your response solved the request of Ada Lind"),
        ("mei", "Ada Lind found the solution to a request you responded to"),
    ]
    unmark_solution(response_id=reply.pk, by=ada)
    assert told() == []


def test_who_is_asked_to_take_care_is_told_and_so_is_who_is_taken_care_of(ada, ben, question, reply):
    Notification.objects.all().delete()
    assign_helper(request_id=question.pk, helper_id=ben.pk, by=ada)
    assert told() == [("ben", "Ada Lind asks you to take care of a help request")]
    release_request(request_id=question.pk, by=ada)
    Notification.objects.all().delete()
    take_request(request_id=question.pk, by=as_helper(ben))
    assert told() == [("ada", "Ben Okoro takes care of your help request")]


# -- moderation --------------------------------------------------------------------------------------------------


def test_a_reported_response_is_hidden_with_its_votes_and_shown_again(ada, ben, mei, oskar, root, question, reply):
    vote(ada, reply)
    flag_item(kind="help_response", item_id=reply.pk, reason="spam", by=oskar)
    hide_item(kind="help_response", item_id=reply.pk, reason="Spam.", by=root)
    seen = {who.username: HelpResponse.objects.visible_to(who).count() for who in (ada, ben, mei, root)}
    assert seen == {"ada": 0, "ben": 1, "mei": 0, "root": 1}
    assert (counts(reply, question), score(ben)) == ([1, 0], {})
    assert [each for each in told() if each[0] == "ada"] == []
    with pytest.raises(NotThere):
        flag_item(kind="help_response", item_id=reply.pk, reason="spam", by=mei)
    restore_item(kind="help_response", item_id=reply.pk, reason="It was not.", by=root)
    assert (counts(reply, question), score(ben)) == ([1, 1], {"Highlighting": 2})


def test_a_hidden_request_is_seen_by_its_requester_and_staff(ada, ben, oskar, root, question, reply):
    flag_item(kind="help_request", item_id=question.pk, reason="spam", by=oskar)
    hide_item(kind="help_request", item_id=question.pk, reason="Spam.", by=root)
    seen = {who.username: HelpRequest.objects.visible_to(who).count() for who in (ada, ben, oskar, root)}
    assert seen == {"ada": 1, "ben": 0, "oskar": 0, "root": 1}
    assert score(ben) == {}
    restore_item(kind="help_request", item_id=question.pk, reason="It was not.", by=root)
    assert HelpRequest.objects.visible_to(oskar).count() == 1
    assert score(ben) == {"Highlighting": 0}


def test_what_one_asked_and_answered_is_in_ones_export(ada, ben, question, reply):
    [request] = exports["help_requests"].rows(ada)
    [response] = exports["help_responses"].rows(ben)
    assert (request["title"], response["response_text"]) == (question.title, reply.response_text)
    edit_request(request_id=question.pk, wanted=wanted(title="Other"), by=ada)
    assert [each["title"] for each in exports["help_request_edits"].rows(ada)] == [question.title]
    assert list(exports["help_requests"].rows(ben)) == []
