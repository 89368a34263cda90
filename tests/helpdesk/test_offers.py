"""A summons on a locked phone: its push, the two buttons beside it, and tickets that are stale, used or not ours."""

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from courses.services import withdraw_certification
from helpdesk.models import HelpSession, HelpSummons, SummonsOffer
from helpdesk.summons import errors
from helpdesk.summons.services.answering import accept_summons
from helpdesk.summons.services.calling import cancel_summons, expire_summons, request_help
from helpdesk.summons.services.offers import decline_offer
from helpdesk.summons.tickets import SALT, ticket_of
from peerloop.core.accounts.services import ban_account, system
from peerloop.core.notifications.models import Notification
from tests.factories.helpdesk import helpers_of, let_time_run_out
from tests.factories.push import device_of

pytestmark = pytest.mark.django_db


def state() -> list[tuple]:
    """Everything that a refusal must leave as it was."""
    offers = SummonsOffer.objects.order_by("pk").values_list("pk", "answer", "answered_at")
    rows = HelpSummons.objects.order_by("pk").values_list("pk", "status", "responder", "session")
    return [*rows, *offers, *HelpSession.objects.values_list("pk", "status")]


def press(helper, door: str, ticket: str = "", device: str = ""):
    """Without a cookie and without a token against forgery, as a service worker on a locked phone asks."""
    ticket = ticket or ticket_of(SummonsOffer.objects.get(helper=helper))
    given = {"device": device or str(device_of(helper).pk)}
    return Client(enforce_csrf_checks=True).post(f"/summons/offers/{ticket}/{door}", given)


def press_beside(shown: dict, name: str):
    """The same for a push as it was received."""
    [address] = [each["address"] for each in shown["actions"] if each["name"] == name]
    return Client(enforce_csrf_checks=True).post(address, {"device": shown["device"]})


def refused(answer, refusal) -> bool:
    return (answer.status_code, answer.json()) == (
        refusal.status,
        {"error": refusal.text, "url": "/helper/dashboard"},
    )


@pytest.fixture
def call(ada, course, modules, helper, browser_of, django_capture_on_commit_callbacks):
    """Ada calls while Ben has a phone: the summons, and what his phone shows."""
    phone = browser_of(helper)
    with django_capture_on_commit_callbacks(execute=True):
        summons = request_help(course_id=course.pk, module_id=modules[0].pk, message="Too thick.", by=ada)
    return summons, phone


@pytest.mark.covers("HELP-87", "PWA-05")
def test_the_phone_shows_course_and_question_with_two_buttons_until_the_deadline(call, course, helper, push_service):
    summons, phone = call
    [shown] = phone.read
    assert (shown["title"], shown["body"]) == (f"Student needs help in {course.title}", "Too thick.")
    assert (shown["tag"], shown["url"], shown["stays"]) == (f"summon:{summons.pk}", f"/summons/{summons.pk}", True)
    ticket = ticket_of(SummonsOffer.objects.get(helper=helper)).partition(":")[0]
    assert [(each["name"], each["label"]) for each in shown["actions"]] == [
        ("accept", "Accept"),
        ("decline", "Not now"),
    ]
    assert all(each["address"].startswith(f"/summons/offers/{ticket}:") for each in shown["actions"])
    [received] = push_service.received
    assert (received.headers["urgency"], 110 < int(received.headers["ttl"]) <= 120) == ("high", True)


def test_accept_on_the_phone_opens_the_session_and_closes_every_other_device(
    ada,
    course,
    helper,
    browser_of,
    django_capture_on_commit_callbacks,
):
    other = helpers_of(course, 1)[0]
    phone, laptop, others = browser_of(helper), browser_of(helper, "laptop"), browser_of(other)
    with django_capture_on_commit_callbacks(execute=True):
        summons = request_help(course_id=course.pk, by=ada)
    with django_capture_on_commit_callbacks(execute=True):
        answer = press_beside(phone.read[0], "accept")
    assert answer.json() == {"url": f"/summons/{summons.pk}", "title": "You are connected with Ada Lind"}
    summons.refresh_from_db()
    assert (summons.status, summons.responder) == ("accepted", helper)
    for device in (phone, laptop, others):
        assert [(each["title"], each["closing"], each["tag"]) for each in device.read[1:]] == [
            ("Somebody is helping now.", True, f"summon:{summons.pk}")
        ]


def test_not_now_lets_others_answer_and_closes_the_helpers_own_devices_alone(
    ada,
    course,
    helper,
    browser_of,
    django_capture_on_commit_callbacks,
):
    other = helpers_of(course, 1)[0]
    phone, laptop, others = browser_of(helper), browser_of(helper, "laptop"), browser_of(other)
    with django_capture_on_commit_callbacks(execute=True):
        summons = request_help(course_id=course.pk, by=ada)
    with django_capture_on_commit_callbacks(execute=True):
        answer = press_beside(phone.read[0], "decline")
    assert (answer.status_code, answer.json()) == (200, {})
    assert SummonsOffer.objects.get(helper=helper).answer == "declined"
    assert HelpSummons.objects.get().status == "pending"
    assert ([each["title"] for each in laptop.read[1:]], len(others.read)) == (["You let this one pass."], 1)
    assert accept_summons(summons_id=summons.pk, by=other).responder == other


@pytest.mark.parametrize("first", ["acceptance", "refusal"])
@pytest.mark.parametrize("second", ["acceptance", "refusal"])
def test_an_offer_that_was_used_is_refused_on_a_second_device(summons, helper, first, second):
    assert press(helper, first).status_code == 200
    before = state()
    assert refused(press(helper, second), errors.OfferUsed)
    assert state() == before


def taken(summons, helper, other):
    accept_summons(summons_id=summons.pk, by=other)


def cancelled(summons, helper, other):
    cancel_summons(summons_id=summons.pk, by=summons.student)


def timed_out(summons, helper, other):
    let_time_run_out(summons)
    expire_summons(summons_id=summons.pk)


def overdue(summons, helper, other):
    let_time_run_out(summons)


def certified_no_more(summons, helper, other):
    withdraw_certification(user=helper, course=summons.course, by=system())


def banned(summons, helper, other):
    ban_account(user=helper, by=system())


def declined_on_the_page(summons, helper, other):
    decline_offer(summons_id=summons.pk, by=helper)


@pytest.mark.parametrize("door", ["acceptance", "refusal"])
@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (taken, errors.AlreadyTaken),
        (cancelled, errors.Cancelled),
        (timed_out, errors.Expired),
        (overdue, errors.Expired),
        (certified_no_more, errors.NotYourCourse),
        (banned, errors.OfferNotThere),
        (declined_on_the_page, errors.OfferUsed),
    ],
)
def test_a_stale_offer_is_refused_kindly_and_changes_nothing(summons, helper, course, door, change, refusal):
    change(summons, helper, helpers_of(course, 1)[0])
    before = state()
    assert refused(press(helper, door), refusal)
    assert state() == before


@pytest.mark.parametrize("door", ["acceptance", "refusal"])
def test_oskar_gets_nowhere_with_a_ticket_that_we_did_not_sign(summons, helper, oskar, as_user, door):
    offer, before = SummonsOffer.objects.get(helper=helper), state()
    forged = [
        "none",
        offer.pk.hex,
        signing.dumps(offer.pk.hex, salt="another"),
        signing.dumps(summons.pk.hex, salt=SALT),
        signing.dumps(7, salt=SALT),
        ticket_of(offer)[:-1],
    ]
    for ticket in forged:
        given = {"device": str(device_of(oskar).pk)}
        assert refused(as_user(oskar).post(f"/summons/offers/{ticket}/{door}", given), errors.OfferNotThere)
    assert state() == before
    assert press(helper, door).status_code == 200


def test_a_press_on_the_push_itself_leads_to_what_there_is(call, helper, as_user):
    _, phone = call
    url, client = phone.read[0]["url"], as_user(helper)
    assert client.get(url)["Location"] == "/helper/dashboard"
    press(helper, "acceptance")
    assert client.get(url).status_code == 200


def test_a_push_that_was_not_sent_when_somebody_came_is_never_sent(
    summons,
    helper,
    browser_of,
    django_capture_on_commit_callbacks,
):
    phone = browser_of(helper)
    Notification.objects.update(push_due_at=summons.created_at)
    with django_capture_on_commit_callbacks(execute=True):
        accept_summons(summons_id=summons.pk, by=helper)
    assert phone.read == []


@pytest.mark.parametrize("door", ["acceptance", "refusal"])
def test_a_ticket_is_good_on_the_helpers_own_devices_alone(summons, helper, oskar, door):
    before = state()
    for device in ("none", str(device_of(oskar).pk), str(summons.pk)):
        assert refused(press(helper, door, device=device), errors.OfferNotThere)
    assert state() == before
    assert press(helper, door).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_who_signs_out_can_answer_an_old_push_no_more_but_on_the_other_devices(
    ada, course, helper, browser_of, as_user
):
    client = as_user(helper)
    phone = browser_of(helper, session_key=client.session.session_key)
    laptop = browser_of(helper, "laptop", session_key="another")
    request_help(course_id=course.pk, by=ada)
    before = state()
    client.post(reverse("account_logout"))
    assert refused(press_beside(phone.read[0], "accept"), errors.OfferNotThere)
    assert state() == before
    assert press_beside(laptop.read[0], "accept").status_code == 200
