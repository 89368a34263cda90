"""Finding free requests: who sees which, filters, sortings, words, pages, and what was asked before."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection

from goodwill.areas import Area
from goodwill.models import UserExpertise
from goodwill.services import record_evidence, vote_helpful
from goodwill.services.expertise import Contribution
from helpdesk.models import HelpRequest, HelpResponse
from helpdesk.requests import words
from helpdesk.requests.errors import RequestNotThere, UnknownSorting
from helpdesk.requests.queries.lists import Filters, listed
from helpdesk.requests.queries.search import similar_requests
from helpdesk.requests.queries.threads import thread_of
from helpdesk.requests.services.assigning import assign_helper
from helpdesk.requests.services.editing import edit_request
from helpdesk.requests.services.hiding import set_request_hidden, set_response_hidden
from helpdesk.requests.services.looking import count_view
from helpdesk.requests.services.pictures import Picture
from helpdesk.requests.services.pinning import Pin
from helpdesk.requests.services.solving import mark_solution
from peerloop.core.paging import BadCursor
from tests.factories.people import person
from tests.factories.requests import free_request, paid_request
from tests.factories.threads import answer, ask, picture_of, wanted

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()


def titles(user=VISITOR, before=None, **filters) -> list[str]:
    return [card.request.title for card in listed(user, Filters(**filters), before=before).cards]


def knows(user, area: Area) -> None:
    kind = UserExpertise.Kind.HELP_RESPONSES
    record_evidence(contributions=[Contribution(uuid4(), kind, user.pk, area, 5)], by=user)


# -- who sees what -----------------------------------------------------------------------------------------------


@pytest.mark.covers("REC-91", "REC-24", "REQ-19")
def test_a_request_that_is_not_public_is_found_by_its_requester_its_helper_and_staff(ada, ben, mei, oskar, root):
    private = ask(ada, title="Private cloak")
    answer(private, ben)
    assign_helper(request_id=private.pk, helper_id=ben.pk, by=ada)
    assert [titles(who, q="cloak") for who in (VISITOR, oskar)] == [["Private cloak"]] * 2
    edit_request(request_id=private.pk, wanted=wanted(title="Private cloak", is_public=False), by=ada)
    for who in (ada, ben, root):
        assert titles(who, q="cloak") == ["Private cloak"]
        assert thread_of(private.pk, who).request == private
    for who in (VISITOR, oskar, mei):
        assert (titles(who), titles(who, q="cloak"), similar_requests(who, "private cloak", size=5)) == ([], [], [])
        with pytest.raises(RequestNotThere):
            thread_of(private.pk, who)


def test_hidden_and_paid_requests_are_in_nobodys_list(ada, oskar, root, question):
    paid_request(ada, title="For money")
    assert titles(oskar) == [question.title]
    set_request_hidden(request_id=question.pk, hidden=True, by=root)
    assert [titles(who, q="cloak") for who in (VISITOR, oskar, ada)] == [[], [], [question.title]]


# -- filters and sortings ----------------------------------------------------------------------------------------


@pytest.mark.covers("REC-25", "REQ-29", "REQ-38", "REQ-43")
def test_filters_carry_the_columns_names(ada, ben, root):
    for title, fields in [
        ("one", {"subcategory": "washes", "urgency": "high"}),
        ("two", {"category": "gaming", "difficulty_level": "advanced"}),
        ("three", {"category": "gaming", "urgency": "low"}),
    ]:
        ask(ada, title=title, **fields)
    four = ask(ben, title="four")
    mark_solution(response_id=answer(four, ada).pk, by=ben)
    assert titles() == ["four", "three", "two", "one"]
    assert titles(category="gaming") == ["three", "two"]
    assert titles(category="painting", subcategory=" Washes") == ["one"]
    assert titles(difficulty_level="advanced") == ["two"]
    assert titles(urgency="high") == ["one"]
    assert titles(status="resolved") == ["four"]
    assert titles(status="open", category="painting") == ["one"]
    assert titles(category="cooking") == []
    assert titles(ben, mine=True) == ["four"]
    assert titles(VISITOR, mine=True) == []


def test_what_one_knows_oneself(ada, ben, oskar):
    ask(ada, title="one", subcategory="washes")
    ask(ada, title="two", subcategory="glazes")
    ask(ada, title="three")
    ask(ada, title="four", category="gaming", subcategory="washes")
    knows(ben, Area("painting", "washes"))
    assert titles(ben, known=True) == ["three", "one"]
    knows(ben, Area("painting"))
    assert titles(ben, known=True) == ["three", "two", "one"]
    assert (titles(oskar, known=True), titles(VISITOR, known=True)) == ([], [])


def test_sorted_by_newest_most_helpful_or_unanswered(ada, ben, mei, sam):
    one, two, three = (ask(ada, title=title) for title in ("one", "two", "three"))
    reply = answer(one, ben)
    vote_helpful(content_type="help_response", content_id=reply.pk, by=mei)
    for voter in (mei, sam):
        vote_helpful(content_type="help_response", content_id=answer(two, ben).pk, by=voter)
    answer(three, ada, "A detail that I forgot.")
    assert titles(sort="newest") == ["three", "two", "one"]
    assert titles(sort="helpful") == ["two", "one", "three"]
    assert titles(sort="unanswered") == ["three"]
    with pytest.raises(UnknownSorting):
        titles(sort="random")


@pytest.mark.parametrize("sort", ["newest", "helpful", "unanswered"])
def test_each_request_is_on_one_page_whatever_comes_in_between(ada, settings, sort):
    settings.PEERLOOP = replace(settings.PEERLOOP, REQUESTS_PAGE=3)
    made = [free_request(ada, title=f"{number}", helpful_count=number // 3) for number in range(8)]
    expected = [each.title for each in reversed(made)]
    seen, before = [], None
    while True:
        shelf = listed(VISITOR, Filters(sort=sort), before=before)
        seen += [card.request.title for card in shelf.cards]
        before = shelf.older
        if before is None:
            break
        free_request(ada, title="new", helpful_count=9)
    assert seen == expected
    for damaged in ("x", "1.x", "x.1"):
        with pytest.raises(BadCursor):
            listed(VISITOR, Filters(sort=sort), before=damaged)


# -- words -------------------------------------------------------------------------------------------------------


@pytest.mark.covers("REQ-05", "REQ-38", "REQ-43")
def test_words_are_found_in_requests_and_responses_by_their_stems_and_beginnings(ada, ben):
    cloak = ask(ada)
    steel = ask(ada, title="My steel looks like grey paint", description="Metallics.", subcategory="metallics")
    answer(steel, ben, "Glaze the shadows with blue ink.")
    assert titles(q="cloak") == [cloak.title]
    assert titles(q="highlight") == [cloak.title]
    assert titles(q="How do I thin it?") == [cloak.title]
    assert titles(q="METAL") == [steel.title]
    assert titles(q="blue ink") == [steel.title]
    assert titles(q="red ink") == []
    assert titles(q="  ") == [steel.title, cloak.title]
    assert titles(q="grey", category="gaming") == []


@pytest.mark.parametrize("text", ['"', "'", "a & | ! :* <->", "(", "%", "\x00", "💥", "-", "^", "{}"])
def test_nothing_that_is_typed_is_an_operator(ada, text):
    asked = ask(ada)
    assert titles(q=f"cloak {text} dusty") == [asked.title]
    assert (titles(q=text), similar_requests(VISITOR, text, size=5)) == ([], [])


@pytest.mark.parametrize("text", ["' OR 1=1 --", "NEAR(cloak dusty)", "words:cloak", "cloak AND blue", "²"])
def test_nor_is_a_word_that_a_database_knows(ada, text):
    ask(ada)
    assert titles(q=text) == []


def test_what_was_changed_hidden_or_deleted_is_found_no_more(ada, ben, root):
    asked = ask(ada)
    reply = answer(asked, ben, "Use a zenithal primer.")
    assert (titles(q="dusty"), titles(q="zenithal")) == ([asked.title], [asked.title])
    edit_request(request_id=asked.pk, wanted=wanted(description="It is better now."), by=ada)
    set_response_hidden(response_id=reply.pk, hidden=True, by=root)
    assert (titles(q="dusty"), titles(q="zenithal"), titles(q="better")) == ([], [], [asked.title])
    HelpRequest.objects.all().delete()
    assert titles(q="better") == []
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            rows = cursor.execute("SELECT id FROM help_requests_words UNION SELECT id FROM help_responses_words")
            assert rows.fetchall() == []


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_on_sqlite_words_that_a_migration_lost_are_read_anew(ada):
    asked = ask(ada)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER help_requests_words_added")
        cursor.execute("DELETE FROM help_requests_words")
    assert titles(q="cloak") == []
    for _ in range(2):
        words.keep_words("default")
    assert titles(q="cloak") == [asked.title]
    assert titles(q=ask(ada, title="Foam stone").title) == ["Foam stone"]


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_on_postgresql_the_words_have_an_index(ada):
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname LIKE '%_words' ORDER BY indexname")
        found = [row[0] for row in cursor.fetchall()]
    assert ["USING gin (words)" in each for each in found] == [True, True]


# -- what was asked before ---------------------------------------------------------------------------------------


def test_while_typing_what_was_asked_before_is_shown_solved_ones_first(ada, ben, django_assert_num_queries):
    still = ask(ada, title="Chalky red highlights")
    solved = ask(ada, title="Highlights dry chalky")
    ask(ada, title="A wash that pools", description="In every fold.")
    mark_solution(response_id=answer(solved, ben).pk, by=ada)
    with django_assert_num_queries(2):
        found = similar_requests(VISITOR, "Why do my highlights dry so chalky", size=5)
    assert found == [solved, still]
    assert similar_requests(VISITOR, "chalky highlights", size=1) == [solved]
    assert similar_requests(VISITOR, "the how", size=5) == []


# -- one request -------------------------------------------------------------------------------------------------


def test_the_solution_stands_first_and_the_pages_hold_each_response_once(ada, ben, mei, settings):
    settings.PEERLOOP = replace(settings.PEERLOOP, RESPONSES_PAGE=3)
    asked = ask(ada)
    made = [answer(asked, (ben, mei)[number % 2], f"Response {number}") for number in range(7)]
    mark_solution(response_id=made[5].pk, by=ada)
    pages, after = [], None
    while True:
        thread = thread_of(asked.pk, ada, after=after)
        pages.append([each.response for each in thread.answers])
        after = thread.newer
        if after is None:
            break
    assert pages == [[made[5], made[0], made[1]], [made[2], made[3], made[4]], [made[6]]]
    assert thread.response_count == 7
    with pytest.raises(BadCursor):
        thread_of(asked.pk, ada, after="x")


@pytest.mark.covers("REC-41", "REC-97", "REP-18", "REQ-40")
def test_beside_a_response_stand_expertise_own_vote_photos_and_marks(ada, ben, mei):
    asked = ask(ada, [Picture(picture_of(ada).pk, kind="before")], subcategory="highlighting")
    knows(ben, Area("painting", "highlighting"))
    photo = asked.photos.get()
    reply = answer(
        asked,
        ben,
        "1. Seal.\n2. Glaze.",
        pictures=[Picture(picture_of(ben).pk)],
        pins=[Pin(photo_id=photo.pk, x=0.5, y=0.5, note="Here")],
    )
    vote_helpful(content_type="help_response", content_id=reply.pk, is_helpful=False, by=mei)
    thread = thread_of(asked.pk, mei)
    [shown] = thread.answers
    assert (shown.expertise.name, shown.expertise.reputation_score, shown.vote) == ("Highlighting", 4, False)
    assert (shown.photos, shown.pins) == (list(reply.photos.all()), list(photo.pins.all()))
    assert (thread.photos[0].photo, thread.photos[0].pins) == (photo, list(photo.pins.all()))
    assert [each.photo for each in thread.photos_of("before")] == [photo]
    assert "<ol>" in shown.html
    assert thread_of(asked.pk, VISITOR).answers[0].vote is None


def test_a_hidden_response_takes_its_marks_along(ada, ben, oskar, root):
    asked = ask(ada, [Picture(picture_of(ada).pk)])
    reply = answer(asked, ben, pins=[Pin(photo_id=asked.photos.get().pk, x=0, y=0)])
    set_response_hidden(response_id=reply.pk, hidden=True, by=root)
    shown = {who.username: thread_of(asked.pk, who) for who in (ada, ben, oskar, root)}
    assert {name: len(thread.answers) for name, thread in shown.items()} == {"ada": 0, "ben": 1, "oskar": 0, "root": 1}
    assert {name: len(thread.photos[0].pins) for name, thread in shown.items()} == {
        "ada": 0,
        "ben": 1,
        "oskar": 0,
        "root": 1,
    }


@pytest.mark.parametrize("number", [1, 12])
def test_list_and_thread_take_the_same_queries_for_one_and_for_many(ada, ben, number, django_assert_num_queries):
    asked = ask(ada, [Picture(picture_of(ada).pk)])
    for each in range(number):
        other = free_request(ada, title=f"{each}")
        HelpResponse.objects.create(request=other, responder=ben, response_text="Like this.")
        responder = person(f"responder-{each}")
        answer(asked, responder, pictures=[Picture(picture_of(responder).pk)])
    with django_assert_num_queries(2):
        shelf = listed(ben, Filters(q="paint", known=False))
        assert all(str(card.request.requester) and card.cover is None for card in shelf.cards)
    # The request; its responses; marks; their photos, expertise and the viewer's votes; its own photos.
    with django_assert_num_queries(7):
        thread = thread_of(asked.pk, ben)
        assert [each.html and str(each.response.responder) and each.photos[0].upload.url for each in thread.answers]
    assert (len(shelf.cards), len(thread.answers)) == (number, number)


# -- views -------------------------------------------------------------------------------------------------------


@pytest.mark.covers("REQ-20")
def test_a_view_counts_once_for_each_person_and_day_and_not_for_the_requester(ada, ben, question):
    def count() -> int:
        return HelpRequest.objects.get().view_count

    looks = [
        (ada, "", 0),
        (ben, "", 1),
        (ben, "", 1),
        (VISITOR, "10.0.0.1", 2),
        (VISITOR, "10.0.0.1", 2),
        (VISITOR, "10.0.0.2", 3),
        (VISITOR, "", 3),
    ]
    for who, visitor, expected in looks:
        count_view(request_id=question.pk, by=who, visitor=visitor)
        assert count() == expected
    cache.clear()
    count_view(request_id=question.pk, by=ben)
    assert count() == 4
