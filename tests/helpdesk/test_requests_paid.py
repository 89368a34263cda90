"""A customer asks for help for money: what is asked, who hears of it, and how it ends without a helper."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from structlog.testing import capture_logs

from helpdesk.models import HelpRequest
from helpdesk.requests import errors, tasks
from helpdesk.requests.services import dispatching
from helpdesk.requests.services.holding import complete_session
from helpdesk.requests.services.requesting import title_of, withdraw_request
from helpdesk.requests.services.sweeping import close_overdue, sweep
from peerloop.core.conversations.errors import ForbiddenCharacters, Muted
from peerloop.core.errors import TooFast
from peerloop.core.notifications.models import Notification
from peerloop.core.payments.errors import CardDeclined, NotPayable, NotYourPayment, OutOfBounds
from peerloop.core.payments.models import Payment
from peerloop.core.payments.services.sweeping import sweep as sweep_payments
from peerloop.core.presence.services import set_availability
from tests.factories.payments import DECLINED, POOR
from tests.factories.people import person
from tests.factories.requests import (
    ask,
    claim_on,
    free_request,
    helpers_on_duty,
    how_it_stands,
    let_request_run_out,
    on_duty,
    payment_for,
    put_on_hold,
    reread,
)

pytestmark = pytest.mark.django_db


def notices(kind: str = "new_request"):
    return Notification.objects.filter(kind=kind).order_by("recipient__username")


def told() -> list[str]:
    return list(notices().values_list("recipient__username", flat=True))


def said(lines) -> list[str]:
    return [each["event"] for each in lines if each["event"].startswith(("Notified", "No available"))]


# -- asking ----------------------------------------------------------------------------------------------------------


@pytest.mark.covers("SESS-12", "SESS-13", "SESS-14", "SESS-15", "REC-01", "REC-17")
def test_what_is_asked_waits_for_its_money_and_nobody_hears_of_it(asked, ada):
    stored = reread(asked)
    assert (stored.category, stored.amount, stored.requester) == ("painting", 2000, ada)
    assert stored.description == "My paint dries too fast.\nI tried thinning it with water."
    assert stored.title == "My paint dries too fast."
    assert how_it_stands(asked) == ("open", "none", "")
    assert (stored.payment_intent_id, stored.dispatched_at, stored.updated_at >= stored.created_at) == ("", None, True)
    payment = payment_for(asked)
    assert (payment.purpose, payment.payer, payment.amount, payment.status) == ("help_request", ada, 2000, "created")
    assert told() == []


def test_pressed_twice_is_asked_once(ada, edge):
    key = uuid4()
    assert ask(ada, request_id=key) == ask(ada, request_id=key)
    assert (HelpRequest.objects.count(), Payment.objects.count()) == (1, 1)
    assert ask(ada).pk == key
    other = put_on_hold(ask(ada, description="Another question"))
    assert ask(ada, description="Another question") != other


def test_the_id_of_somebody_elses_request_gives_nothing(asked, mei):
    with pytest.raises(NotYourPayment):
        ask(mei, request_id=asked.pk)
    free = free_request(asked.requester)
    with pytest.raises(errors.RequestNotThere):
        ask(mei, request_id=free.pk)
    assert not HelpRequest.objects.filter(requester=mei).exists()
    assert Payment.objects.count() == 1


@pytest.mark.covers("REC-45")
@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"amount": 499}, OutOfBounds),
        ({"amount": 0}, OutOfBounds),
        ({"amount": -500}, OutOfBounds),
        ({"amount": 50_001}, OutOfBounds),
        ({"category": "plumbing"}, errors.UnknownCategory),
        ({"description": " \n "}, errors.DescriptionMissing),
        ({"description": "x" * 5001}, errors.DescriptionTooLong),
        ({"description": "null \x00 byte"}, ForbiddenCharacters),
    ],
)
def test_what_cannot_be_asked_is_refused_and_leaves_nothing(fields, refusal, ada, edge):
    with pytest.raises(refusal):
        ask(ada, **fields)
    assert (HelpRequest.objects.count(), Payment.objects.count()) == (0, 0)
    assert ask(ada, amount=500).amount == 500


def test_who_is_muted_or_asks_all_the_time_is_refused(ada, edge):
    for number in range(10):
        ask(ada, description=f"Question {number}")
    with pytest.raises(TooFast):
        ask(ada, description="One more")
    assert HelpRequest.objects.count() == Payment.objects.count() == 10
    ada.muted_until = timezone.now() + timedelta(hours=1)
    with pytest.raises(Muted):
        ask(ada)


def test_a_title_is_the_first_line_cut_at_a_word():
    assert title_of("Short\nand more") == "Short"
    long = " ".join(["paint"] * 60)
    assert title_of(long) == " ".join(["paint"] * 33) + "…"
    assert title_of("x" * 300) == "x" * 199 + "…"
    assert max(len(title_of(long[at:])) for at in range(6)) <= 200


# -- dispatch --------------------------------------------------------------------------------------------------------


@pytest.mark.covers("SESS-16", "SESS-17", "SESS-107", "REC-40", "REC-56")
def test_every_available_helper_is_told_the_moment_the_money_is_on_hold_and_nobody_else(ada, mei, sam, oskar, edge):
    helpers_on_duty(3)
    off, asks = on_duty(mei), on_duty(ada)
    set_availability(user=off, available=False, by=off)
    banned = on_duty(sam)
    banned.is_active = False
    banned.save()
    request = put_on_hold(ask(asks))
    assert told() == ["helper-0", "helper-1", "helper-2"]
    assert (request.helpers_told, how_it_stands(request)) == (3, ("open", "authorized", ""))
    assert request.payment_intent_id == payment_for(request).intent_id != ""
    assert request.expires_at - request.dispatched_at == timedelta(hours=24)


@pytest.mark.covers("SESS-02", "SESS-07", "METRIC-13")
def test_a_notice_is_there_as_soon_as_the_authorisation(dispatched):
    payment = payment_for(dispatched)
    waits = [(each.created_at - payment.authorised_at).total_seconds() for each in notices()]
    assert len(waits) == 1
    assert abs(waits[0]) < 30


@pytest.mark.covers("SESS-19", "SESS-20", "SESS-21", "SESS-22", "SESS-23", "SESS-24", "SESS-25")
def test_a_notice_says_what_is_asked(ada, duty, edge):
    before = timezone.now()
    request = put_on_hold(ask(ada, category="gaming", description="0123456789" * 11, amount=1250))
    notice = notices().get()
    assert (notice.kind, notice.request_id, notice.category, notice.amount) == (
        "new_request",
        request.pk,
        "gaming",
        1250,
    )
    assert notice.description == "0123456789" * 10
    assert before <= notice.created_at <= timezone.now()
    assert notice.read_at is None
    assert (notice.title, notice.icon, notice.target) == ("New Gaming Request", "dice-5", "/helper/dashboard")


@pytest.mark.covers("REC-68")
def test_a_category_nobody_knows_is_a_new_request_with_a_house(dispatched):
    Notification.objects.update(category="plumbing")
    assert (notices().get().title, notices().get().icon) == ("New Request", "house")


@pytest.mark.covers("SESS-26")
def test_reading_one_notice_leaves_the_others_unread(ada, edge):
    first, second = helpers_on_duty(2)
    put_on_hold(ask(ada))
    Notification.objects.filter(recipient=first).update(read_at=timezone.now())
    assert [each.read_at is None for each in notices()] == [False, True]
    assert notices().count() == 2
    assert Notification.objects.get(recipient=second).read_at is None


@pytest.mark.covers("SESS-27")
def test_the_notices_of_a_request_and_its_dispatch_come_together_or_not_at_all(asked, monkeypatch):
    helpers_on_duty(5)

    def crash(*_, **__):
        raise RuntimeError("in the middle")

    with monkeypatch.context() as broken:
        broken.setattr(dispatching, "partial", crash)
        with pytest.raises(RuntimeError):
            put_on_hold(asked)
    assert told() == []
    assert how_it_stands(asked) == ("open", "none", "")
    assert payment_for(asked).status == "created"
    Payment.objects.update(looked_at=timezone.now() - timedelta(hours=1))
    sweep_payments()
    sweep_payments()
    assert (len(told()), how_it_stands(asked)) == (6, ("open", "authorized", ""))


@pytest.mark.covers("SESS-28")
def test_the_log_says_how_many_were_told(ada, edge, committed):
    helpers_on_duty(2)
    request = ask(ada)
    with capture_logs() as lines:
        committed(put_on_hold, request=request)
    assert said(lines) == ["Notified 2 helpers of new request"]


@pytest.mark.covers("SESS-18", "REC-58")
def test_without_a_helper_the_request_stays_and_the_log_says_so(ada, ben, edge, committed):
    request = ask(ada)
    with capture_logs() as lines:
        committed(put_on_hold, request=request)
    found = [each for each in lines if each["event"].startswith("No available")]
    assert [(each["event"], each["request"]) for each in found] == [
        ("No available helpers for request:", str(request.pk))
    ]
    assert (told(), how_it_stands(request)) == ([], ("open", "authorized", ""))
    on_duty(ben)
    assert list(HelpRequest.objects.unclaimed().visible_to(ben)) == [request]


def test_telling_thirty_helpers_costs_as_many_queries_as_telling_three(ada, edge):
    counts = []
    for names in (range(3), range(3, 30)):
        for number in names:
            on_duty(person(f"helper-{number}"))
        request = ask(ada)
        with CaptureQueriesContext(connection) as captured:
            put_on_hold(request)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert notices().count() == 3 + 30


# -- without a card --------------------------------------------------------------------------------------------------


@pytest.mark.covers("REC-17")
def test_a_refused_card_is_said_and_another_one_may_be_given(asked):
    for card in (DECLINED, POOR):
        with pytest.raises(CardDeclined):
            put_on_hold(asked, card=card)
        assert how_it_stands(asked) == ("open", "failed", "")
        assert told() == []
    put_on_hold(asked)
    assert (how_it_stands(asked), told()) == (("open", "authorized", ""), ["ben"])


@pytest.mark.parametrize(("card", "ending"), [("", "unpaid"), (DECLINED, "declined_card")])
def test_who_gives_no_card_within_a_day_has_asked_for_nothing(card, ending, asked, committed):
    from peerloop.core.payments.errors import CardDeclined

    if card:
        with suppress(CardDeclined):
            put_on_hold(asked, card=card)
    Payment.objects.update(created_at=timezone.now() - timedelta(hours=25))
    committed(sweep_payments)
    assert how_it_stands(asked) == ("closed", "canceled", ending)
    assert payment_for(asked).status == "released"


# -- withdrawing and running out -------------------------------------------------------------------------------------


@pytest.mark.covers("REC-55")
def test_withdrawing_lets_the_money_go_and_silences_the_bells(dispatched, ada, committed):
    withdrawn = committed(withdraw_request, request_id=dispatched.pk, by=ada)
    assert withdrawn.status == "closed"
    assert how_it_stands(dispatched) == ("closed", "canceled", "withdrawn")
    assert (payment_for(dispatched).status, told()) == ("released", [])
    assert committed(withdraw_request, request_id=dispatched.pk, by=ada).ending == "withdrawn"
    assert payment_for(dispatched).events.filter(what="released").count() == 1


def test_withdrawing_before_a_card_is_given_takes_none_any_more(asked, ada, committed):
    committed(withdraw_request, request_id=asked.pk, by=ada)
    assert how_it_stands(asked)[0::2] == ("closed", "withdrawn")
    with pytest.raises(NotPayable):
        put_on_hold(asked)
    assert told() == []


def test_only_the_customer_withdraws(dispatched, duty, oskar, root):
    for other, refusal in (
        (duty, errors.NotYourRequest),
        (root, errors.NotYourRequest),
        (oskar, errors.RequestNotThere),
    ):
        with pytest.raises(refusal):
            withdraw_request(request_id=dispatched.pk, by=other)
    with pytest.raises(errors.RequestNotThere):
        withdraw_request(request_id=uuid4(), by=oskar)
    assert how_it_stands(dispatched) == ("open", "authorized", "")


def test_withdrawing_calls_off_a_helper_who_has_not_begun(dispatched, waiting, duty, ada, committed):
    committed(withdraw_request, request_id=dispatched.pk, by=ada)
    assert how_it_stands(dispatched) == ("closed", "canceled", "withdrawn")
    claim = claim_on(dispatched)
    assert (claim.status, claim.session.status, claim.session.duration) == ("called_off", "ended", None)
    assert notices("claim").get().title == "The request you took has ended before its session"


def test_what_has_begun_or_is_over_is_not_withdrawn(dispatched, begun, duty, ada, committed):
    with pytest.raises(errors.BeingHelped):
        withdraw_request(request_id=dispatched.pk, by=ada)
    committed(complete_session, session_id=begun.pk, outcome="resolved", by=duty)
    with pytest.raises(errors.RequestOver):
        withdraw_request(request_id=dispatched.pk, by=ada)
    assert how_it_stands(dispatched) == ("resolved", "captured", "resolved")


@pytest.mark.covers("REC-55")
def test_a_request_that_nobody_takes_within_a_day_is_closed_and_its_money_let_go(dispatched, ada, committed):
    tasks.sweep_requests()
    assert how_it_stands(dispatched) == ("open", "authorized", "")
    let_request_run_out(dispatched)
    assert committed(close_overdue) == 1
    assert how_it_stands(dispatched) == ("closed", "canceled", "unclaimed")
    assert (payment_for(dispatched).status, told()) == ("released", [])
    notice = notices("paid_request").get()
    assert (notice.recipient, notice.target) == (ada, f"/customer/request/{dispatched.pk}")
    assert notice.title == "Nobody could take your request. The hold on your card is released"
    committed(sweep)
    assert notices("paid_request").count() == 1
