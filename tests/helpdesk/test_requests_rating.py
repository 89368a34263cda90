"""Once a paid session is complete its customer is asked how the help was, and may say it anew."""

import re

import pytest
from django.utils import timezone

from helpdesk.models import HelpRequest, HelpSession
from helpdesk.requests import errors
from helpdesk.requests.queries.paid import MeanRating, mean_rating, performance_of
from helpdesk.requests.services.holding import end_abandoned
from helpdesk.requests.services.solving import close_request, rate_help
from peerloop.core.accounts.exports import exports
from tests.factories.requests import claim_on, on_duty, paid_request, reread
from tests.factories.threads import ask
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
WORDS = "Calm, and to the point."
CHOSEN = re.compile(r'name="rating" value="(\d)" required checked')


def page_of(session: HelpSession, *more: str) -> str:
    return "/".join([f"/customer/session/{session.pk}", *more])


def rated(by, helper, rating: int) -> HelpRequest:
    """A session of theirs that was paid for, completed and rated."""
    now = timezone.now()
    ended = {"status": "resolved", "ending": "resolved", "resolved_at": now, "payment_status": "captured"}
    return paid_request(by, assigned_helper=helper, rating=rating, **ended)


@pytest.mark.covers("REC-105")
def test_the_customer_is_asked_says_it_and_may_change_it(as_user, ada, duty, dispatched, completed):
    asked = as_user(ada).get(page_of(completed))
    assert ("How was the help?" in text_of(asked), CHOSEN.findall(asked.content.decode())) == (True, [])
    assert "How was the help?" not in text_of(as_user(duty).get(f"/helper/session/{completed.pk}"))
    for rating, words in ((5, WORDS), (3, "")):
        given = {"rating": str(rating), "words": words}
        answer = as_user(ada).post(page_of(completed, "rating"), given)
        assert (answer.status_code, answer["Location"]) == (302, page_of(completed))
        assert (reread(dispatched).rating, reread(dispatched).rating_words) == (rating, words)
        shown = as_user(ada).get(page_of(completed))
        assert CHOSEN.findall(shown.content.decode()) == [str(rating)]
        assert ("How you rated the help" in text_of(shown), words in text_of(shown)) == (True, True)


def test_both_kinds_of_help_are_rated_with_the_same_stars_and_words(as_user, ada, completed):
    free = close_request(request_id=ask(ada).pk, resolved=True, by=ada)
    shown = [as_user(ada).get(page).content.decode() for page in (page_of(completed), f"/help/requests/{free.pk}")]
    stars = [
        re.findall(r'<legend[^>]*>([^<]+)</legend>|<span class="visually-hidden">(\d star[^<]+)</span>', html)
        for html in shown
    ]
    words = ["".join(each) for each in stars[0]]
    assert words == [
        "How was the help?",
        "1 star, poor",
        "2 stars, fair",
        "3 stars, good",
        "4 stars, very good",
        "5 stars, excellent",
    ]
    assert stars[0] == stars[1]


def test_what_is_refused_says_why_and_keeps_the_words(as_user, ada, completed, dispatched):
    for given, status, sentence in (
        ({"words": WORDS}, 422, "Choose 1 to 5."),
        ({"rating": "6", "words": WORDS}, 422, "Choose 1 to 5."),
        ({"rating": "4", "words": "Calm. " * 84}, 400, "That is 503 characters; 500 fit. Shorten it."),
    ):
        answer = as_user(ada).post(page_of(completed, "rating"), given)
        assert (answer.status_code, sentence in text_of(answer)) == (status, True)
        assert given["words"] in answer.content.decode()
    assert reread(dispatched).rating is None


def test_a_session_that_was_not_completed_is_not_rated(as_user, ada, root, dispatched, begun, committed):
    assert "How was the help?" not in text_of(as_user(ada).get(page_of(begun)))
    with pytest.raises(errors.NothingToRate):
        rate_help(request_id=dispatched.pk, rating=5, by=ada)
    committed(end_abandoned, claim_id=claim_on(dispatched).pk, by=root)
    assert "How was the help?" not in text_of(as_user(ada).get(page_of(begun)))
    assert as_user(ada).post(page_of(begun, "rating"), {"rating": "5"}).status_code == 409


def test_nobody_else_rates(as_user, ada, duty, mei, oskar, completed, dispatched):
    other = on_duty(mei)
    for person in (duty, other, oskar):
        assert as_user(person).post(page_of(completed, "rating"), {"rating": "1"}).status_code == 404
    assert reread(dispatched).rating is None
    assert as_user(ada).post(page_of(completed, "rating"), {"rating": "5"}).status_code == 302


def test_ratings_make_the_helpers_mean(ada, duty, mei, completed, dispatched):
    assert (performance_of(duty).rating, performance_of(duty).ratings) == (None, 0)
    rate_help(request_id=dispatched.pk, rating=5, by=ada)
    rated(mei, duty, 2)
    assert (performance_of(duty).rating, performance_of(duty).ratings) == (3.5, 2)


def test_everybody_reads_the_mean_once_there_are_three(as_user, duty, mei, oskar, completed, django_assert_num_queries):
    def said() -> list[str]:
        hers, his = as_user(oskar).get("/helpers/ben"), as_user(duty).get("/helper/dashboard")
        return re.findall(
            r"[\d.]+ of 5, the mean of \d+ ratings|Mean of \d+ ratings [\d.]+ of 5", text_of(hers) + text_of(his)
        )

    for rating in (5, 4):
        rated(mei, duty, rating)
    assert said() == []
    rated(mei, duty, 4)
    assert said() == ["4.3 of 5, the mean of 3 ratings", "Mean of 3 ratings 4.3 of 5"]
    with django_assert_num_queries(1):
        assert mean_rating(duty) == MeanRating(13 / 3, 3)


def test_programs_rate_too(as_user, ada, duty, oskar, completed):
    def rate(user, **body):
        path = f"/api/help/sessions/{completed.pk}/rating"
        answer = as_user(user).post(path, data=body, content_type="application/json")
        return answer.status_code, answer.json()

    assert rate(oskar, rating=1) == (404, {"error": "That session is not here, or not yours."})
    assert rate(duty, rating=1) == (403, {"error": "Only the person who asked can do that."})
    assert rate(ada, rating=4, words=WORDS) == (200, {"rating": 4, "words": WORDS})
    assert rate(ada, rating=5) == (200, {"rating": 5, "words": WORDS})
    assert rate(ada, rating=0) == (400, {"error": "Choose 1 to 5."})
    [row] = exports["help_requests"].rows(ada)
    assert (row["rating"], row["rating_words"]) == (5, WORDS)
