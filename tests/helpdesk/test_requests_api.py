"""Paid requests for programs, and who is let in."""

from uuid import uuid4

import pytest

from helpdesk.models import HelpRequest
from helpdesk.requests.queries.paid import offers_to, performance_of, standing_of, talk_of, work_of
from helpdesk.requests.services.claiming import give_back_claim
from tests.factories.requests import DESCRIPTION, ask, claim_on, how_it_stands, on_duty, payment_for, put_on_hold
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
GONE = {"error": "That help request is not here, or not for you to see."}
NO_SESSION = {"error": "That session is not here, or not yours."}


@pytest.fixture
def api(as_user, committed):
    """`api(ada, "post", "/requests", amount=2000)`: the status, and what is answered."""

    def call(user, method: str, path: str, **body):
        about = {"data": body, "content_type": "application/json"} if method == "post" else {}
        answer = committed(getattr(as_user(user), method), path=f"/api/help{path}", **about)
        return answer.status_code, answer.json()

    return call


@pytest.mark.covers("REC-22", "SESS-13")
def test_asking_answers_with_where_to_pay(api, ada, duty, edge):
    asked = {"category": "painting", "description": DESCRIPTION, "amount": 2000}
    status, made = api(ada, "post", "/requests", **asked)
    stored = HelpRequest.objects.get()
    standing = api(ada, "get", f"/requests/{stored.pk}/standing")[1]
    assert (status, made["id"]) == (201, str(stored.pk))
    assert (standing["stage"], standing["payment_status"]) == ("to_pay", "none")
    assert standing["payment_url"] == f"/payments/{payment_for(stored).pk}"
    assert api(ada, "post", "/requests", **asked)[1]["id"] == made["id"]
    put_on_hold(stored)
    now = api(ada, "get", f"/requests/{stored.pk}/standing")[1]
    assert (now["stage"], now["payment_status"], now["payment_url"]) == ("waiting", "authorized", "")
    assert now["is_held"] is True
    assert (now["helpers_told"], now["helper"], now["session_id"]) == (1, None, None)


@pytest.mark.covers("REC-27")
def test_what_cannot_be_asked_says_why(api, ada, edge):
    about = {"category": "painting", "description": DESCRIPTION, "amount": 2000}
    for wrong, sentence in (
        ({"amount": 499}, "Choose an amount from $5.00 to $500.00."),
        ({"description": ""}, "Describe what you need help with."),
        ({"category": "plumbing"}, "Choose a category from the list."),
    ):
        assert api(ada, "post", "/requests", **{**about, **wrong}) == (400, {"error": sentence})
    assert HelpRequest.objects.count() == 0


def test_helpers_see_what_they_can_take(api, dispatched, ada, duty, oskar):
    status, offers = api(duty, "get", "/requests/offers")
    assert (status, [each["id"] for each in offers["requests"]]) == (200, [str(dispatched.pk)])
    assert (offers["requests"][0]["amount"], offers["requests"][0]["category"]) == (2000, "painting")
    on_duty(ada)
    assert api(ada, "get", "/requests/offers") == (200, {"requests": []})
    assert api(oskar, "get", "/requests/offers")[0] == 403


@pytest.mark.covers("SESS-01", "SESS-96", "SESS-97", "SESS-98", "SESS-99", "SESS-100", "SESS-103", "SESS-106")
def test_a_helper_goes_through_the_whole_of_it(api, dispatched, duty, ada):
    status, session = api(duty, "post", f"/requests/{dispatched.pk}/claim")
    at = f"/sessions/{session['id']}"
    assert (status, session["status"], session["request_id"]) == (200, "waiting", str(dispatched.pk))
    assert (session["helper_id"], session["started_at"], session["duration"]) == (str(duty.pk), None, None)
    assert session["customer_join_url"].endswith(f"/session/{session['id']}/call")
    assert api(ada, "get", f"/requests/{dispatched.pk}/standing")[1]["session_id"] == session["id"]
    assert api(duty, "post", f"{at}/start")[1]["status"] == "active"
    assert api(ada, "get", at)[1]["status"] == "active"
    status, done = api(duty, "post", f"{at}/outcome", outcome="escalated", notes="Needs a look.")
    assert (status, done["status"], done["outcome"], done["notes"]) == (200, "ended", "escalated", "Needs a look.")
    assert (done["duration"], done["request_status"]) == (0, "closed")
    seen = api(ada, "get", at)[1]
    assert (seen["outcome"], seen["notes"], seen["status"]) == ("escalated", "", "ended")
    assert seen["payment_status"] == "captured"
    assert api(ada, "get", f"/requests/{dispatched.pk}/standing")[1]["stage"] == "over"


def test_giving_back_and_withdrawing(api, dispatched, duty, ada):
    session = api(duty, "post", f"/requests/{dispatched.pk}/claim")[1]
    status, given = api(duty, "post", f"/sessions/{session['id']}/give-back")
    assert (status, given["status"], given["duration"], given["request_status"]) == (200, "ended", None, "open")
    status, withdrawn = api(ada, "post", f"/requests/{dispatched.pk}/withdraw")
    assert (status, withdrawn["stage"], withdrawn["ending"]) == (200, "over", "withdrawn")
    assert how_it_stands(dispatched) == ("closed", "canceled", "withdrawn")


def test_an_outcome_that_is_none_is_refused(api, begun, duty):
    assert api(duty, "post", f"/sessions/{begun.pk}/outcome", outcome="splendid")[0] in (400, 422)
    assert api(duty, "post", f"/sessions/{begun.pk}/outcome")[0] in (400, 422)
    assert api(duty, "get", f"/sessions/{begun.pk}")[1]["status"] == "active"


@pytest.mark.covers("REC-91", "REC-31")
def test_an_outsider_learns_nothing(api, dispatched, begun, ada, duty, oskar, mei):
    other = on_duty(mei)
    at = f"/sessions/{begun.pk}"
    assert api(ada, "get", at)[0] == api(duty, "get", at)[0] == 200
    assert api(ada, "get", f"/requests/{dispatched.pk}/standing")[0] == 200
    for person in (oskar, other):
        for path in (at, f"/sessions/{uuid4()}"):
            assert api(person, "get", path) == (404, NO_SESSION)
        for verb, body in (("start", {}), ("give-back", {}), ("outcome", {"outcome": "resolved"})):
            assert api(person, "post", f"{at}/{verb}", **body) == (404, NO_SESSION)
        assert api(person, "get", f"/requests/{dispatched.pk}/standing") == (404, GONE)
    assert api(oskar, "post", f"/requests/{dispatched.pk}/withdraw") == (404, GONE)
    assert api(oskar, "post", f"/requests/{dispatched.pk}/claim") == (404, GONE)
    taken = "Somebody else has taken this request already."
    assert api(other, "post", f"/requests/{dispatched.pk}/claim") == (409, {"error": taken})
    assert how_it_stands(dispatched) == ("in_progress", "authorized", "")


def test_what_a_customer_watches_costs_three_queries_and_offers_one(
    dispatched, waiting, duty, ada, mei, sam, django_assert_num_queries
):
    def drawn():
        standing = standing_of(dispatched.pk, ada)
        return standing.stage, standing.session_page, standing.amount, standing.claim.helper.name

    with django_assert_num_queries(3):
        assert drawn() == ("claimed", f"/customer/session/{waiting.pk}", "$20.00", "Ben Okoro")
    with django_assert_num_queries(1):
        seen = talk_of(waiting.pk, duty)
        assert (seen.other, seen.request.title, seen.may_start) == (ada, "My paint dries too fast.", True)
    with django_assert_num_queries(1):
        assert work_of(duty).session == waiting
    give_back_claim(session_id=waiting.pk, by=duty)
    for asker in (mei, sam):
        put_on_hold(ask(asker))
    with django_assert_num_queries(1):
        offers = [(each.category, each.icon, each.amount, each.request.requester.name) for each in offers_to(duty)]
    assert [name for *_, name in offers] == ["Ada Lind", "Mei Tan", "Sam Whitlock"]
    assert offers[0] == ("Painting", "brush", "$20.00", "Ada Lind")
    with django_assert_num_queries(4):
        assert performance_of(duty).given_back == 1
    assert talk_of(claim_on(dispatched).session_id, ada).is_lost is True


@pytest.mark.covers("SESS-04", "SESS-10", "SESS-11", "METRIC-14", "METRIC-15")
def test_outcomes_and_a_helpers_performance_can_be_read(api, as_user, completed, duty, oskar, root):
    done = {
        "completed_sessions": 1,
        "outcomes": {"resolved": 1},
        "given_back": 0,
        "seconds": completed.duration,
        "rating": None,
        "ratings": 0,
    }
    assert api(duty, "get", "/performance") == (200, done)
    assert api(oskar, "get", "/performance")[0] == 403
    counted = text_of(as_user(root).get("/admin/helpdesk/helpsession/"))
    for shown in ("Issue Resolved (1)", "Not Resolved (0)", "Needs In-Person Visit (0)"):
        assert shown in counted


def test_the_call_of_a_paid_session_is_opened_where_it_is(api, dispatched, waiting, duty, ada, oskar, mei):
    other, at = on_duty(mei), f"/{waiting.pk}/video"
    for person in (ada, duty):
        status, opened = api(person, "post", at)
        assert (status, opened["url"], opened["request_id"]) == (200, waiting.customer_join_url, str(waiting.pk))
    for person in (oskar, other):
        assert api(person, "post", at) == (403, {"error": "Only the two people of this session can do that."})
    assert api(ada, "post", f"/{uuid4()}/video")[0] == 404
    give_back_claim(session_id=waiting.pk, by=duty)
    assert api(ada, "post", at) == (409, {"error": "This session has ended."})
