"""The pages of paid requests: what each party reads in every state, what is refused, who gets in, what a page costs."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from helpdesk.models import Claim, HelpRequest, HelpSession
from helpdesk.requests.services.claiming import claim_request, give_back_claim
from helpdesk.requests.services.holding import end_abandoned
from helpdesk.requests.services.requesting import withdraw_request
from helpdesk.requests.services.sweeping import sweep
from peerloop.core.payments.errors import CardDeclined
from peerloop.core.payments.models import Payment
from tests.factories.payments import DECLINED
from tests.factories.requests import (
    DESCRIPTION,
    ask,
    claim_on,
    how_it_stands,
    let_claim_run_out,
    let_request_run_out,
    on_duty,
    paid_request,
    payment_for,
    put_on_hold,
    reread,
)
from tests.support.pages import HTMX, text_of

pytestmark = pytest.mark.django_db
JOIN = re.compile(
    r'<a class="btn [^"]*" href="([^"]+)" target="_blank" rel="noopener noreferrer">(?:<svg.*?</svg>)?([^<]+)'
)


def status_page(request: HelpRequest) -> str:
    return f"/customer/request/{request.pk}"


def customer_page(session: HelpSession) -> str:
    return f"/customer/session/{session.pk}"


def helper_page(session: HelpSession, *more: str) -> str:
    return "/".join([f"/helper/session/{session.pk}", *more])


@pytest.fixture
def mei_on_duty(mei, duty):
    return on_duty(mei)


# -- asking ----------------------------------------------------------------------------------------------------------


def given(**about) -> dict:
    return {"category": "painting", "description": DESCRIPTION, "amount": "20.50", "request_id": str(uuid4()), **about}


@pytest.mark.covers("REC-45", "REC-59", "REC-62", "REC-68")
def test_the_form_asks_in_dollars_and_leads_to_the_payment(as_user, ada, edge):
    form = as_user(ada).get("/customer/request")
    assert "From $5.00 to $500.00" in text_of(form)
    assert re.findall(r'name="category" value="(\w+)"', form.content.decode()) == [
        "painting",
        "modeling",
        "gaming",
        "general",
    ]
    answer = as_user(ada).post("/customer/request", given())
    made = HelpRequest.objects.get()
    assert (made.amount, made.description, made.category) == (2050, DESCRIPTION, "painting")
    assert (answer.status_code, answer["Location"]) == (302, f"/payments/{payment_for(made).pk}")


def test_the_same_form_sent_twice_asks_once(as_user, ada, edge):
    form = given()
    first, second = (as_user(ada).post("/customer/request", form) for _ in range(2))
    assert (first["Location"], HelpRequest.objects.count()) == (second["Location"], 1)


@pytest.mark.parametrize(
    ("about", "status", "sentence"),
    [
        ({"category": ""}, 422, "Choose a category from the list."),
        ({"category": "plumbing"}, 422, "Choose a category from the list."),
        ({"description": ""}, 422, "Describe what you need help with."),
        ({"description": "  \n "}, 400, "Describe what you need help with."),
        ({"description": "x" * 5001}, 400, "That is 5001 characters; 5000 fit."),
        ({"amount": ""}, 422, "Say what you offer for the help."),
        ({"amount": "ten"}, 422, "Write the amount as a number such as 20 or 20.50."),
        ({"amount": "10.005"}, 422, "Write the amount as a number such as 20 or 20.50."),
        ({"amount": "4.99"}, 400, "Choose an amount from $5.00 to $500.00."),
        ({"amount": "-20"}, 400, "Choose an amount from $5.00 to $500.00."),
    ],
)
def test_what_is_refused_is_said_and_what_was_typed_stays(about, status, sentence, as_user, ada, edge):
    typed = given(**about)
    answer = as_user(ada).post("/customer/request", typed)
    assert answer.status_code == status
    assert sentence in text_of(answer)
    html = answer.content.decode()
    assert f'value="{typed["request_id"]}"' in html
    assert f'value="{typed["amount"]}"' in html or not typed["amount"]
    assert typed["description"].strip() in html
    assert ("checked" in html) == (typed["category"] == "painting")
    assert HelpRequest.objects.count() == 0


def test_without_payments_the_form_says_so_and_keeps_the_text(as_user, ada, settings):
    settings.TEST_PAYMENTS, settings.STRIPE_SECRET_KEY = False, ""
    answer = as_user(ada).post("/customer/request", given())
    assert (answer.status_code, DESCRIPTION in answer.content.decode()) == (503, True)


def test_the_form_lists_what_one_has_asked_page_by_page(as_user, ada, ben):
    rows = [paid_request(ada, title=f"Number {number}") for number in range(11)]
    paid_request(ben, title="Of somebody else")
    first = as_user(ada).get("/customer/request")
    assert re.findall(r">(Number \d+)<", first.content.decode()) == [f"Number {number}" for number in range(10, 0, -1)]
    assert "Of somebody else" not in text_of(first)
    older = re.search(r'href="(\?before=[^"]+)"', first.content.decode())[1]
    second = as_user(ada).get(f"/customer/request{older}")
    assert re.findall(r">(Number \d+)<", second.content.decode()) == [rows[0].title]


# -- waiting ---------------------------------------------------------------------------------------------------------


def test_until_a_card_is_given_the_way_leads_to_the_payment(as_user, ada, asked, committed):
    page = as_user(ada).get(status_page(asked))
    assert "One step is left" in text_of(page)
    assert f'href="/payments/{payment_for(asked).pk}"' in page.content.decode()
    with pytest.raises(CardDeclined):
        put_on_hold(asked, card=DECLINED)
    words = text_of(as_user(ada).get(status_page(asked)))
    assert "Your card was refused. Nothing was taken. Try another card." in words


def test_who_waits_reads_how_many_were_told_and_what_the_money_does(as_user, ada, dispatched):
    page = as_user(ada).get(status_page(dispatched))
    words = text_of(page)
    assert "Finding a Helper... 1 helper has been told. $20.00 is on hold and nothing has been charged." in words
    assert "Put on hold" in words
    assert f'data-socket="/api/help/requests/connect?request_id={dispatched.pk}"' in page.content.decode()


def test_with_nobody_available_the_page_says_where_the_request_stands(as_user, ada, edge, nobody_here, committed):
    found = committed(put_on_hold, request=ask(ada))
    assert "No helper is available at the moment." in text_of(as_user(ada).get(status_page(found)))


def test_a_hold_that_is_over_is_never_shown_as_money_on_hold(as_user, ada, dispatched):
    Payment.objects.update(hold_expires_at=timezone.now() - timedelta(seconds=1))
    words = text_of(as_user(ada).get(status_page(dispatched)))
    assert "The hold has ended" in words
    assert "is on hold and nothing" not in words


@pytest.mark.covers("SESS-102", "REC-31")
def test_once_claimed_the_status_page_moves_on_to_the_session(as_user, ada, root, dispatched, waiting):
    plain, looked = (as_user(ada).get(status_page(dispatched), headers=each) for each in ({}, HTMX))
    assert (plain.status_code, plain["Location"]) == (302, customer_page(waiting))
    assert (looked.status_code, looked["HX-Redirect"]) == (200, customer_page(waiting))
    assert "Ben Okoro helps Ada Lind." in text_of(as_user(root).get(status_page(dispatched)))


def test_a_look_brings_the_fragment_alone_and_its_stamp_changes_with_what_it_shows(as_user, ada, dispatched, committed):
    def stamp() -> str:
        html = as_user(ada).get(status_page(dispatched), headers=HTMX).content.decode()
        assert "<html" not in html
        return re.search(r'data-stamp="([^"]+)"', html)[1]

    before = stamp()
    assert stamp() == before
    committed(withdraw_request, request_id=dispatched.pk, by=ada)
    assert stamp() != before


@pytest.mark.covers("REC-55")
def test_withdrawing_says_that_nothing_was_charged(as_user, ada, dispatched, committed):
    answer = committed(as_user(ada).post, path=f"{status_page(dispatched)}/withdrawal", follow=True)
    assert "Request withdrawn The hold on your card is released and nothing was charged." in text_of(answer)
    assert how_it_stands(dispatched) == ("closed", "canceled", "withdrawn")
    assert 'href="/customer/request">Submit Another Request' in answer.content.decode()


def test_a_request_that_goes_on_cannot_be_withdrawn_and_says_why(as_user, ada, dispatched, begun):
    answer = as_user(ada).post(f"{status_page(dispatched)}/withdrawal", follow=True)
    assert "Your session is going on, so the request cannot be withdrawn any more." in answer.content.decode()
    assert reread(dispatched).status == "in_progress"


@pytest.mark.covers("REC-55")
def test_a_request_that_nobody_claims_says_so(as_user, ada, dispatched, committed):
    let_request_run_out(dispatched)
    committed(sweep)
    assert "Nobody could come No helper claimed your request in time." in text_of(
        as_user(ada).get(status_page(dispatched))
    )


@pytest.mark.parametrize(
    ("ending", "heading"),
    [
        ("hold_ended", "The hold has ended"),
        ("declined_card", "Your card was refused"),
        ("unpaid", "Never paid"),
        ("abandoned", "Your session was not completed"),
    ],
)
def test_every_other_ending_has_its_words_and_a_way_on(ending, heading, as_user, ada):
    found = paid_request(ada, status="closed", closed_at=timezone.now(), ending=ending)
    page = as_user(ada).get(status_page(found))
    assert f'id="paid-title" tabindex="-1">{heading}</h1>' in page.content.decode()
    assert "Submit Another Request" in text_of(page)
    assert "data-socket" not in page.content.decode()


def test_a_claim_that_was_given_back_is_said_while_the_request_waits_again(
    as_user, ada, dispatched, waiting, duty, committed
):
    committed(give_back_claim, session_id=waiting.pk, by=duty)
    lost = as_user(ada).get(customer_page(waiting))
    assert (lost.status_code, lost["Location"]) == (302, status_page(dispatched))
    looked = as_user(ada).get(customer_page(waiting), headers=HTMX)
    assert looked["HX-Redirect"] == status_page(dispatched)
    assert "The helper who had claimed it could not begin." in text_of(as_user(ada).get(status_page(dispatched)))


# -- the customer's session ------------------------------------------------------------------------------------------


@pytest.mark.covers("SESS-80", "SESS-83", "SESS-85", "SESS-86", "SESS-87", "REC-65")
def test_a_session_that_waits_is_ready_to_be_joined(as_user, ada, waiting):
    page = as_user(ada).get(customer_page(waiting))
    assert (
        "📹 Your Session is Ready Click below to join the video call with your Helper. Join Video Session"
        in text_of(page)
    )
    assert JOIN.findall(page.content.decode()) == [(waiting.customer_join_url, "Join Video Session")]


@pytest.mark.covers("SESS-88", "SESS-91")
def test_without_a_link_a_waiting_session_says_so_and_an_active_one_has_no_button(as_user, ada, waiting):
    HelpSession.objects.update(customer_join_url="")
    page = as_user(ada).get(customer_page(waiting))
    assert ("Waiting for session link..." in text_of(page), JOIN.findall(page.content.decode())) == (True, [])
    HelpSession.objects.update(status="active", started_at=timezone.now())
    page = as_user(ada).get(customer_page(waiting))
    assert ("Session in Progress" in text_of(page), JOIN.findall(page.content.decode())) == (True, [])


@pytest.mark.covers("SESS-89", "SESS-90", "SESS-91")
def test_an_active_session_can_be_joined_again(as_user, ada, begun):
    page = as_user(ada).get(customer_page(begun))
    words = text_of(page)
    assert "🟢 Session in Progress" in words
    assert "Your session is active. If you closed the video tab, click below to rejoin. Rejoin Video Session" in words
    assert JOIN.findall(page.content.decode()) == [(begun.customer_join_url, "Rejoin Video Session")]
    assert "Withdraw" not in words


@pytest.mark.covers("SESS-92", "SESS-93", "SESS-94", "SESS-95", "REC-66")
def test_a_session_that_is_complete_says_how_it_went_and_what_was_charged(as_user, ada, completed):
    page = as_user(ada).get(customer_page(completed))
    words = text_of(page)
    assert "✓ Session Complete Thank you for using PeerLoop! Outcome: Resolved" in words
    assert "Charged $20.00 Receipt Submit Another Request" in words
    assert 'href="/customer/request">Submit Another Request' in page.content.decode()
    assert "Wet palette." not in words


@pytest.mark.covers("SESS-94", "REC-54")
def test_an_abandoned_session_has_no_outcome_and_costs_nothing(as_user, ada, root, dispatched, begun, committed):
    committed(end_abandoned, claim_id=claim_on(dispatched).pk, by=root)
    words = text_of(as_user(ada).get(customer_page(begun)))
    assert ("Session Complete" in words, "Outcome" in words, "Charged Nothing" in words) == (True, False, True)


@pytest.mark.covers("SESS-82", "SESS-84")
def test_a_spinner_stands_before_the_session_in_one_narrow_column(as_user, ada, waiting):
    html = as_user(ada).get(customer_page(waiting)).content.decode()
    column, spinner = 'class="pl-wrap pl-main pl-paid"', '<div class="pl-paid__loading"><span class="spinner-border"'
    assert re.search(rf'<main id="main" {column}[^>]*>\s*{spinner}', html)
    assert html.index("</header>") < html.index("spinner-border") < html.index('id="paid"')


# -- the helper ------------------------------------------------------------------------------------------------------


@pytest.mark.covers("REC-58", "REC-62")
def test_the_dashboard_lists_what_can_be_claimed_longest_waiting_first(as_user, ada, mei, duty):
    paid_request(ada, dispatched_at=timezone.now() - timedelta(hours=1), description="My resin cracks.")
    paid_request(mei, description="My brush splits.", category="gaming", amount=1250)
    paid_request(duty, description="My own.")
    words = text_of(as_user(duty).get("/helper/dashboard"))
    assert words.index("My resin cracks.") < words.index("My brush splits.")
    assert "New Gaming Request My brush splits." in words
    assert "$12.50 Claim" in words
    assert "My own." not in words


def test_the_menu_leads_to_the_form(as_user, ada):
    assert 'href="/customer/request"' in as_user(ada).get("/settings").content.decode()
    assert 'href="/customer/request"' not in as_user(None).get("/courses").content.decode()


def test_with_nothing_to_claim_the_dashboard_says_what_will_come(as_user, duty):
    assert "No paid request waits for a helper." in text_of(as_user(duty).get("/helper/dashboard"))


@pytest.mark.covers("REC-18")
def test_claiming_leads_to_the_session_and_the_second_reads_why_not(as_user, duty, mei_on_duty, dispatched, committed):
    claim = f"/helper/requests/{dispatched.pk}/claim"
    answer = committed(as_user(duty).post, path=claim)
    session = HelpSession.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, helper_page(session))
    late = as_user(mei_on_duty).post(claim, headers=HTMX)
    assert (late.status_code, text_of(late)) == (409, "Somebody else has taken this request already.")
    again = as_user(duty).post(claim, headers=HTMX)
    assert again["HX-Redirect"] == helper_page(session)
    assert "You have claimed the request of Ada Lind." in text_of(as_user(duty).get("/helper/dashboard"))
    assert text_of(as_user(mei_on_duty).get("/helper/requests", headers=HTMX)).count("Claim") == 0


def test_who_has_claimed_can_start_join_and_give_back(as_user, duty, waiting, committed):
    page = as_user(duty).get(helper_page(waiting))
    words = text_of(page)
    assert "Ada Lind waits for you Start within 14:" in words or "Ada Lind waits for you Start within 15:00" in words
    assert JOIN.findall(page.content.decode()) == [(waiting.customer_join_url, "Join Video Session")]
    answer = committed(as_user(duty).post, path=helper_page(waiting, "start"), follow=True)
    assert "Session with Ada Lind $20.00 is on hold. It is taken when you complete the session." in text_of(answer)
    assert HelpSession.objects.get().status == "active"
    refused = as_user(duty).post(helper_page(waiting, "return"), follow=True)
    assert "The session has started. End it and say how it went." in refused.content.decode()


@pytest.mark.covers("REC-54")
def test_who_gives_back_reads_that_others_can_claim(as_user, duty, dispatched, waiting, committed):
    answer = committed(as_user(duty).post, path=helper_page(waiting, "return"), follow=True)
    assert "You gave this request back Another helper can claim it. See open requests" in text_of(answer)
    assert reread(dispatched).status == "open"


def test_who_is_late_reads_it_before_and_after_it_was_noticed(as_user, duty, dispatched, waiting, committed):
    let_claim_run_out(dispatched)
    assert "The time to start is over." in text_of(as_user(duty).get(helper_page(waiting)))
    answer = committed(as_user(duty).post, path=helper_page(waiting, "start"), follow=True)
    assert "You do not have this request any more" in answer.content.decode()
    committed(sweep)
    assert "Your time to start is over" in text_of(as_user(duty).get(helper_page(waiting)))


def test_a_request_that_was_withdrawn_is_said_to_its_helper(as_user, ada, duty, dispatched, waiting, committed):
    committed(withdraw_request, request_id=dispatched.pk, by=ada)
    assert Claim.objects.get().status == "called_off"
    assert "The request has ended Ada Lind does not need" in text_of(as_user(duty).get(helper_page(waiting)))


# -- the outcome -----------------------------------------------------------------------------------------------------


@pytest.mark.covers("SESS-61", "SESS-62", "SESS-63", "SESS-64", "SESS-67", "SESS-68", "SESS-77", "REC-72")
def test_end_session_asks_how_it_went_and_ends_nothing(as_user, duty, begun):
    page = as_user(duty).get(helper_page(begun)).content.decode()
    assert f'hx-get="{helper_page(begun, "outcome")}"' in page
    asked = as_user(duty).get(helper_page(begun, "outcome"), headers=HTMX)
    html = asked.content.decode()
    assert html.lstrip().startswith('<dialog class="pl-dialog" id="outcome-dialog"')
    assert "How did the session go?" in text_of(asked)
    assert "✓ Issue Resolved ✗ Not Resolved 🛠 Needs In-Person Visit Notes (optional)" in text_of(asked)
    assert re.findall(r'type="radio" name="outcome" value="(\w+)" required>', html) == [
        "resolved",
        "unresolved",
        "escalated",
    ]
    assert 'name="notes" rows="3" placeholder="Any notes about the session..."' in html
    assert re.search(r'<button [^>]*type="submit"[^>]*>Complete Session</button>', html)
    assert HelpSession.objects.get().status == "active"


@pytest.mark.covers("SESS-79", "SESS-103")
def test_completing_stores_outcome_and_notes_and_leads_to_the_dashboard(as_user, duty, dispatched, begun, committed):
    data = {"outcome": "escalated", "notes": "The pump is worn out."}
    answer = committed(as_user(duty).post, path=helper_page(begun, "outcome"), data=data)
    assert (answer.status_code, answer["Location"]) == (302, "/helper/dashboard")
    done = HelpSession.objects.get()
    assert (done.status, done.outcome, done.notes) == ("ended", "escalated", "The pump is worn out.")
    assert how_it_stands(dispatched) == ("closed", "captured", "escalated")
    words = text_of(as_user(duty).get(helper_page(begun)))
    assert "Session Complete Outcome: Escalated" in words
    assert "The pump is worn out." in words


@pytest.mark.covers("SESS-69")
def test_without_an_outcome_nothing_is_saved_and_the_notes_stay(as_user, duty, begun):
    for data, status, sentence in (
        ({"notes": "Nearly done."}, 422, "Choose how the session went"),
        ({"outcome": "resolved", "notes": "Nearly done." * 200}, 400, "That is 2400 characters of notes; 2000 fit."),
    ):
        answer = as_user(duty).post(helper_page(begun, "outcome"), data)
        assert (answer.status_code, sentence in text_of(answer)) == (status, True)
        assert data["notes"] in answer.content.decode()
    assert HelpSession.objects.get().status == "active"


def test_the_outcome_of_what_has_not_begun_or_is_over_leads_back_to_the_session(as_user, duty, waiting):
    answer = as_user(duty).get(helper_page(waiting, "outcome"))
    assert (answer.status_code, answer["Location"]) == (302, helper_page(waiting))


# -- the call --------------------------------------------------------------------------------------------------------


@pytest.mark.covers("REC-65")
def test_the_join_link_leads_both_to_the_call(as_user, ada, duty, begun, settings):
    where = begun.customer_join_url.removeprefix(settings.SITE_URL)
    assert "Call with Ben Okoro" in text_of(as_user(ada).get(where))
    assert "Call with Ada Lind" in text_of(as_user(duty).get(where))
    settings.VIDEO_ROOM_URL = "https://meet.example.com/{session_id}"
    assert as_user(ada).get(where)["Location"].startswith("https://meet.example.com/")


def test_a_call_that_is_over_leads_each_to_their_page(as_user, ada, duty, completed):
    where = f"/session/{completed.pk}/call"
    assert as_user(ada).get(where)["Location"] == customer_page(completed)
    assert as_user(duty).get(where)["Location"] == helper_page(completed)


# -- who gets in -----------------------------------------------------------------------------------------------------


@pytest.mark.covers("REC-31")
def test_each_page_is_for_its_own_party_alone(as_user, ada, duty, mei_on_duty, oskar, dispatched, begun):
    pages = [status_page(dispatched), customer_page(begun), helper_page(begun), f"/session/{begun.pk}/call"]

    def answers(user) -> list[int]:
        return [as_user(user).get(each).status_code for each in pages]

    assert answers(ada) == [302, 200, 404, 200]
    assert answers(duty) == [404, 404, 200, 200]
    for outsider in (mei_on_duty, oskar):
        assert answers(outsider) == [404, 404, 404, 404]
        for act in ("start", "return", "outcome"):
            assert as_user(outsider).post(helper_page(begun, act), {"outcome": "resolved"}).status_code == 404
    unknown = as_user(ada).get(f"/customer/session/{uuid4()}")
    assert (unknown.status_code, text_of(unknown)) == (404, text_of(as_user(oskar).get(customer_page(begun))))
    assert HelpSession.objects.get().status == "active"


def test_who_is_no_helper_can_neither_look_nor_claim(as_user, ada, oskar, dispatched):
    assert as_user(oskar).get("/helper/requests", headers=HTMX).status_code == 403
    assert as_user(oskar).post(f"/helper/requests/{dispatched.pk}/claim").status_code == 404
    assert as_user(ada).post(f"/helper/requests/{dispatched.pk}/claim").status_code == 403
    assert reread(dispatched).status == "open"


# -- what a page costs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_costs_three_queries_with_one_and_with_many(count, as_user, ada, duty, django_assert_num_queries):
    for number in range(count):
        paid_request(ada, title=f"Number {number}")
    client = as_user(duty)
    client.get("/helper/requests", headers=HTMX)
    with django_assert_num_queries(3):  # who is signed in, what can be taken, what is taken
        client.get("/helper/requests", headers=HTMX)


def test_the_pages_of_the_two_cost_a_fixed_number(as_user, ada, duty, dispatched, django_assert_num_queries, committed):
    customer, helper = as_user(ada), as_user(duty)
    customer.get(status_page(dispatched), headers=HTMX)
    with django_assert_num_queries(5):  # who is signed in, the request, its payment, its claim, what happened
        customer.get(status_page(dispatched), headers=HTMX)
    session = committed(claim_request, request_id=dispatched.pk, by=duty)
    for client, page in ((customer, customer_page(session)), (helper, helper_page(session))):
        client.get(page, headers=HTMX)
        with django_assert_num_queries(2):  # who is signed in, the session
            client.get(page, headers=HTMX)
