"""Paid requests, everybody at one moment, each on a connection of their own: one session, one capture, one end."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from django.utils import timezone

from helpdesk.models import Claim, HelpRequest, HelpSession
from helpdesk.requests import errors
from helpdesk.requests.services.claiming import claim_request, expire_claim, give_back_claim
from helpdesk.requests.services.holding import complete_session, end_abandoned, start_session
from helpdesk.requests.services.requesting import withdraw_request
from helpdesk.requests.services.sweeping import expire_request, sweep
from helpdesk.sessions.errors import HelperBusy, SessionOver
from helpdesk.sessions.queries import completed_by
from peerloop.core.accounts.services import system
from peerloop.core.notifications.models import Notification
from peerloop.core.payments.models import DoubleObject, Payment, PaymentEntry
from peerloop.core.payments.services.sweeping import sweep as sweep_payments
from peerloop.core.payments.services.webhooks import note_webhook
from peerloop.core.payments.services.wishes import finish
from tests.factories.payments import events_of, signed
from tests.factories.requests import (
    ask,
    claim_on,
    helpers_on_duty,
    how_it_stands,
    let_claim_run_out,
    let_request_run_out,
    payment_for,
    put_on_hold,
)
from tests.races.test_summons import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def settled(request: HelpRequest) -> tuple[str, str, str]:
    """How it stands once every job and sweep has run, and again."""
    past = timezone.now() - timedelta(hours=2)
    for _ in range(2):
        Payment.objects.update(try_at=past, looked_at=past)
        sweep_payments()
        sweep()
    return how_it_stands(request)


def books() -> list[int]:
    return sorted(PaymentEntry.objects.values_list("amount", flat=True))


def happened(kind: str) -> int:
    return DoubleObject.objects.filter(kind="event", data__type=kind).count()


@pytest.mark.covers("REC-18")
def test_thirty_helpers_claim_at_one_barrier_and_one_has_it(asked, nobody_here):
    helpers = helpers_on_duty(30)
    put_on_hold(asked)
    outcomes = at_once([lambda each=each: claim_request(request_id=asked.pk, by=each).helper for each in helpers])
    winner = HelpSession.objects.get().helper
    assert sorted(str(each) for each in outcomes if each is not winner) == sorted(
        [str(errors.ClaimedAlready)] * 29 + [str(winner)]
    )
    claim = Claim.objects.get()
    assert (claim.helper, claim.session.helper, HelpRequest.objects.get().assigned_helper) == (winner, winner, winner)
    assert (HelpSession.objects.get().status, how_it_stands(asked)) == ("waiting", ("in_progress", "authorized", ""))
    assert Notification.objects.filter(kind="new_request").count() == 0
    assert Notification.objects.filter(kind="paid_request", recipient=asked.requester).count() == 1


def test_one_helper_who_claims_five_requests_at_once_has_one(asked, duty, mei, sam, oskar, root):
    requests = [asked, *(ask(each) for each in (mei, sam, oskar, root))]
    for each in requests:
        put_on_hold(each)
    outcomes = at_once([lambda each=each: claim_request(request_id=each.pk, by=duty).status for each in requests])
    assert (outcomes.count("waiting"), outcomes.count(HelperBusy)) == (1, 4)
    assert sorted(how_it_stands(each)[0] for each in requests) == ["in_progress", *["open"] * 4]


def test_ten_presses_of_complete_are_one_completion(dispatched, begun, duty):
    jobs = [lambda: complete_session(session_id=begun.pk, outcome="resolved", by=duty).outcome] * 10
    assert at_once(jobs) == ["resolved"] * 10
    assert settled(dispatched) == ("resolved", "captured", "resolved")
    assert (completed_by(duty), books(), happened("payment_intent.succeeded")) == (1, [-2000, 2000], 1)
    assert payment_for(dispatched).events.filter(what="captured").count() == 1


def test_completion_its_jobs_and_webhooks_at_once_are_one_capture(dispatched, begun, duty):
    payment = payment_for(dispatched)
    early = [signed(each) for each in events_of(payment)]
    jobs = [lambda: complete_session(session_id=begun.pk, outcome="resolved", by=duty) and None] * 3
    jobs += [lambda: finish(payment_id=payment.pk) and None] * 3
    jobs += [lambda told=told: note_webhook(body=told[0].encode(), signature=told[1]) and None for told in early]
    assert set(at_once(jobs)) == {None}
    assert settled(dispatched) == ("resolved", "captured", "resolved")
    for body, signature in [signed(each) for each in reversed(events_of(payment))] * 2:
        note_webhook(body=body.encode(), signature=signature)
    assert how_it_stands(dispatched) == ("resolved", "captured", "resolved")
    assert (completed_by(duty), books(), happened("payment_intent.succeeded")) == (1, [-2000, 2000], 1)


def test_ten_presses_of_start_are_one_start(waiting, duty):
    started = at_once([lambda: start_session(session_id=waiting.pk, by=duty).started_at] * 10)
    assert set(started) == {HelpSession.objects.get().started_at}


def test_one_form_sent_ten_times_at_once_is_one_request(ada, duty, edge):
    key = uuid4()
    assert set(at_once([lambda: ask(ada, request_id=key).pk] * 10)) == {key}
    assert set(at_once([lambda: ask(ada).pk] * 5)) == {key}
    assert len(set(at_once([lambda: ask(ada, description="Another question").pk] * 5))) == 1
    assert (HelpRequest.objects.count(), Payment.objects.count()) == (2, 2)


@pytest.mark.parametrize("order", list(permutations(["claim", "withdraw", "expire"])))
def test_claim_withdrawal_and_deadline_at_once_have_one_end(order, dispatched, duty, ada):
    HelpRequest.objects.update(expires_at=timezone.now() + timedelta(milliseconds=20))
    verbs = {
        "claim": lambda: claim_request(request_id=dispatched.pk, by=duty) and "claimed",
        "withdraw": lambda: withdraw_request(request_id=dispatched.pk, by=ada) and "withdrawn",
        "expire": lambda: expire_request(request_id=dispatched.pk),
    }
    outcomes = dict(zip(order, at_once([verbs[name] for name in order]), strict=True))
    if outcomes["withdraw"] == "withdrawn":
        expected, is_released = ("closed", "canceled", "withdrawn"), True
    elif outcomes["expire"] is True:
        expected, is_released = ("closed", "canceled", "unclaimed"), True
    else:
        expected, is_released = ("in_progress", "authorized", ""), False
    assert settled(dispatched) == expected
    assert (happened("payment_intent.canceled"), books()) == (int(is_released), [])
    live = Claim.objects.live().count()
    assert (live, HelpSession.objects.live().count()) == ((1, 1) if not is_released else (0, 0))


@pytest.mark.parametrize("order", list(permutations(["start", "give back", "deadline"])))
def test_start_giving_back_and_deadline_at_once_have_one_end(order, dispatched, waiting, duty):
    let_claim_run_out(dispatched)
    Claim.objects.update(start_by=timezone.now() + timedelta(milliseconds=20))
    claim_id = claim_on(dispatched).pk
    verbs = {
        "start": lambda: start_session(session_id=waiting.pk, by=duty) and "started",
        "give back": lambda: give_back_claim(session_id=waiting.pk, by=duty) and "given back",
        "deadline": lambda: expire_claim(claim_id=claim_id),
    }
    outcomes = dict(zip(order, at_once([verbs[name] for name in order]), strict=True))
    if outcomes["start"] == "started":
        assert (outcomes["give back"], outcomes["deadline"]) == (errors.StartedAlready, False)
        assert (settled(dispatched)[0], HelpSession.objects.get().status) == ("in_progress", "active")
    else:
        settled(dispatched)
        assert how_it_stands(dispatched) == ("open", "authorized", "")
        assert (HelpSession.objects.get().status, HelpSession.objects.get().duration) == ("ended", None)
        assert Claim.objects.get().status in ("given_back", "expired")


@pytest.mark.parametrize("order", list(permutations(["complete", "abandon"])))
def test_completion_against_its_end_as_abandoned_takes_the_money_or_lets_it_go(order, dispatched, begun, duty):
    claim_id, machine = claim_on(dispatched).pk, system()
    verbs = {
        "complete": lambda: complete_session(session_id=begun.pk, outcome="resolved", by=duty).outcome,
        "abandon": lambda: end_abandoned(claim_id=claim_id, by=machine),
    }
    outcomes = dict(zip(order, at_once([verbs[name] for name in order]), strict=True))
    if outcomes["complete"] == "resolved":
        assert (outcomes["abandon"], settled(dispatched)) == (False, ("resolved", "captured", "resolved"))
        assert books() == [-2000, 2000]
    else:
        assert (outcomes["complete"], outcomes["abandon"]) == (SessionOver, True)
        assert (settled(dispatched), books()) == (("closed", "canceled", "abandoned"), [])
    assert completed_by(duty) == 1


def test_many_sweeps_at_once_end_each_request_once(asked, duty, mei, sam):
    requests = [asked, ask(mei), ask(sam)]
    for each in requests:
        put_on_hold(each)
        let_request_run_out(each)
    at_once([sweep] * 6)
    assert [settled(each) for each in requests] == [("closed", "canceled", "unclaimed")] * 3
    assert Notification.objects.filter(kind="paid_request").count() == 3
    assert happened("payment_intent.canceled") == 3
