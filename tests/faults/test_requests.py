"""The process is gone between any two steps of a paid request: jobs and sweeps bring it to its one right end."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone
from structlog.testing import capture_logs

from helpdesk.models import Claim, HelpRequest, HelpSession
from helpdesk.requests.services import claiming, closing, dispatching, holding, paying, sweeping
from helpdesk.requests.services.claiming import claim_request, give_back_claim
from helpdesk.requests.services.holding import complete_session, start_session
from helpdesk.requests.services.requesting import withdraw_request
from helpdesk.sessions.queries import completed_by
from helpdesk.sessions.services import lifecycle
from peerloop.core.notifications.models import Notification
from peerloop.core.payments.errors import NotOurWebhook, ProviderSilent
from peerloop.core.payments.models import DoubleObject, Payment, PaymentEntry
from peerloop.core.payments.services import settling, wishes
from peerloop.core.payments.services.reconciling import reconcile
from peerloop.core.payments.services.sweeping import sweep as sweep_payments
from peerloop.core.payments.services.webhooks import note_webhook
from tests.factories.payments import OFFLINE, Crash, end_hold, events_of, signed
from tests.factories.requests import (
    ask,
    claim_on,
    how_it_stands,
    let_request_run_out,
    payment_for,
    put_on_hold,
)

CRASHES = [("before", Crash()), ("after", Crash()), ("before", OFFLINE), ("after", OFFLINE), ("before", 500)]
STEPS = pytest.mark.parametrize("fault", CRASHES, ids=lambda fault: f"{fault[0]} {type(fault[1]).__name__}")
pytestmark = pytest.mark.django_db(transaction=True)
OPEN, GOING, DONE = ("open", "authorized", ""), ("in_progress", "authorized", ""), ("resolved", "captured", "resolved")


def later() -> None:
    """Hours pass, and everything that runs by the clock runs, and again."""
    past = timezone.now() - timedelta(hours=2)
    for _ in range(2):
        Payment.objects.update(try_at=past, looked_at=past)
        sweep_payments()
        sweeping.sweep()


def happened(kind: str) -> int:
    return DoubleObject.objects.filter(kind="event", data__type=kind).count()


def books() -> list[int]:
    return sorted(PaymentEntry.objects.values_list("amount", flat=True))


def crash(*args, **fields):
    raise Crash


@pytest.fixture
def no_worker(monkeypatch):
    """The job is sent and never runs."""
    monkeypatch.setattr(wishes, "_schedule", lambda _: None)
    monkeypatch.setattr(claiming, "_schedule_expiry", lambda _: None)


def broken(monkeypatch, module, name, action):
    """Do it in a process that ends at this step."""
    with monkeypatch.context() as patch:
        patch.setattr(module, name, crash)
        with pytest.raises(Crash):
            action()


@STEPS
def test_a_card_given_in_the_moment_of_a_crash_dispatches_once(fault, asked, duty, edge):
    edge.fails["POST confirm"] = fault
    with pytest.raises((Crash, ProviderSilent)):
        put_on_hold(asked)
    later()
    if fault[0] == "before":
        assert (how_it_stands(asked)[0], Notification.objects.filter(kind="new_request").count()) == ("open", 0)
        put_on_hold(asked)
    assert (how_it_stands(asked), happened("charge.succeeded") <= 1) == (OPEN, True)
    assert Notification.objects.filter(kind="new_request").count() == 1
    assert DoubleObject.objects.filter(kind="charge").count() == 1


@pytest.mark.covers("SESS-27")
@pytest.mark.parametrize(
    ("module", "name"),
    [(dispatching, "helpers_to_tell"), (dispatching, "tell_dispatched"), (paying, "tell_updated"), (settling, "_call")],
)
def test_a_crash_while_dispatching_leaves_all_or_nothing(module, name, asked, duty, monkeypatch):
    broken(monkeypatch, module, name, lambda: put_on_hold(asked))
    assert (how_it_stands(asked), Notification.objects.count()) == (("open", "none", ""), 0)
    later()
    assert how_it_stands(asked) == OPEN
    assert Notification.objects.filter(kind="new_request").count() == 1
    assert HelpRequest.objects.get().helpers_told == 1


@pytest.mark.parametrize(
    ("module", "name"),
    [(claiming, "payment_of"), (claiming, "open_session"), (claiming, "tell_taken"), (claiming, "tell_updated")],
)
def test_a_crash_while_claiming_leaves_it_to_others(module, name, dispatched, duty, monkeypatch):
    broken(monkeypatch, module, name, lambda: claim_request(request_id=dispatched.pk, by=duty))
    assert (how_it_stands(dispatched), Claim.objects.count(), HelpSession.objects.count()) == (OPEN, 0, 0)
    assert Notification.objects.filter(kind="new_request").count() == 1
    assert claim_request(request_id=dispatched.pk, by=duty).status == "waiting"


def test_a_claim_whose_job_never_ran_is_given_to_others_by_the_sweep(dispatched, waiting, no_worker):
    Claim.objects.update(start_by=timezone.now() - timedelta(seconds=1))
    later()
    assert (how_it_stands(dispatched), claim_on(dispatched).status) == (OPEN, "expired")


@pytest.mark.parametrize(("module", "name"), [(holding, "tell_customer"), (holding, "tell_updated")])
def test_a_crash_while_starting_leaves_it_waiting(module, name, dispatched, waiting, duty, monkeypatch):
    broken(monkeypatch, module, name, lambda: start_session(session_id=waiting.pk, by=duty))
    assert HelpSession.objects.get().status == "waiting"
    assert start_session(session_id=waiting.pk, by=duty).status == "active"


@pytest.mark.parametrize(
    ("module", "name"),
    [(lifecycle, "_raise_completed"), (holding, "finish"), (holding, "ask_capture"), (holding, "tell_over")],
)
def test_a_crash_while_completing_undoes_it_and_pressing_again_does_it_once(
    module, name, dispatched, begun, duty, monkeypatch
):
    complete = lambda: complete_session(session_id=begun.pk, outcome="resolved", by=duty)  # noqa: E731
    broken(monkeypatch, module, name, complete)
    assert (how_it_stands(dispatched), HelpSession.objects.get().status, completed_by(duty)) == (GOING, "active", 0)
    assert payment_for(dispatched).wanted == ""
    complete()
    later()
    assert (how_it_stands(dispatched), completed_by(duty), books()) == (DONE, 1, [-2000, 2000])


@pytest.mark.covers("SESS-09", "SESS-31", "SESS-32", "SESS-33", "REC-57")
@STEPS
@pytest.mark.parametrize("call", ["POST capture", "GET payment_intents"])
def test_a_capture_that_was_cut_short_is_made_once_and_stops_nothing_else(call, fault, dispatched, begun, duty, edge):
    edge.fails[call] = fault
    with capture_logs() as lines:
        with suppress(Crash):
            complete_session(session_id=begun.pk, outcome="resolved", by=duty)
        ended = HelpSession.objects.get()
        assert (ended.status, ended.outcome, ended.duration, completed_by(duty)) == ("ended", "resolved", 0, 1)
        if how_it_stands(dispatched)[1] != "captured":
            assert how_it_stands(dispatched) == ("resolved", "authorized", "resolved")
        later()
    assert (how_it_stands(dispatched), completed_by(duty)) == (DONE, 1)
    assert (happened("payment_intent.succeeded"), books()) == (1, [-2000, 2000])
    said = [(each["event"], each.get("session")) for each in lines if each["event"].startswith("Payment captured for")]
    assert said == [("Payment captured for session", str(begun.pk))]
    if not isinstance(fault[1], Crash):
        [failed] = [each for each in lines if each["event"] == "Payment capture failed:"]
        assert failed["cause"]


def test_a_capture_whose_job_was_lost_is_made_by_the_sweep(dispatched, begun, duty, no_worker):
    complete_session(session_id=begun.pk, outcome="resolved", by=duty)
    assert how_it_stands(dispatched) == ("resolved", "authorized", "resolved")
    later()
    assert (how_it_stands(dispatched), happened("payment_intent.succeeded"), books()) == (DONE, 1, [-2000, 2000])


def test_a_hold_that_ended_unnoticed_is_not_shown_as_paid(dispatched, begun, duty):
    end_hold(payment_for(dispatched), at=1)
    with capture_logs() as lines:
        complete_session(session_id=begun.pk, outcome="resolved", by=duty)
        later()
    assert (how_it_stands(dispatched), books()) == (("resolved", "canceled", "resolved"), [])
    assert (payment_for(dispatched).status, completed_by(duty)) == ("expired", 1)
    assert [each["cause"] for each in lines if each["event"] == "Payment capture failed:"]


@STEPS
def test_a_release_that_was_cut_short_is_made_once(fault, dispatched, ada, edge):
    edge.fails["POST cancel"] = fault
    with suppress(Crash):
        withdraw_request(request_id=dispatched.pk, by=ada)
    assert how_it_stands(dispatched)[0::2] == ("closed", "withdrawn")
    later()
    assert (how_it_stands(dispatched), books()) == (("closed", "canceled", "withdrawn"), [])
    assert happened("payment_intent.canceled") == 1


@pytest.mark.parametrize(("module", "name"), [(closing, "let_go"), (closing, "tell_over"), (closing, "finish")])
def test_a_crash_while_closing_what_nobody_took_is_made_good(module, name, dispatched, monkeypatch):
    let_request_run_out(dispatched)
    broken(monkeypatch, module, name, sweeping.close_overdue)
    assert how_it_stands(dispatched) == OPEN
    later()
    assert how_it_stands(dispatched) == ("closed", "canceled", "unclaimed")
    assert Notification.objects.filter(kind="paid_request").count() == 1


def test_one_request_that_cannot_be_closed_does_not_keep_the_others_waiting(dispatched, mei, monkeypatch):
    second = put_on_hold(ask(mei))
    for each in (dispatched, second):
        let_request_run_out(each)
    close = sweeping.close

    def stubborn(request, *args, **fields):
        if request.pk == dispatched.pk:
            raise RuntimeError("something is wrong with this one")
        close(request, *args, **fields)

    with monkeypatch.context() as patch, capture_logs() as lines:
        patch.setattr(sweeping, "close", stubborn)
        assert sweeping.close_overdue() == 1
    assert [each["row"] for each in lines if each["event"] == "Request sweep failed"] == [str(dispatched.pk)]
    assert (how_it_stands(dispatched), how_it_stands(second)[0]) == (OPEN, "closed")
    later()
    assert how_it_stands(dispatched) == ("closed", "canceled", "unclaimed")


@pytest.mark.parametrize(("module", "name"), [(claiming, "dispatch_request"), (claiming, "tell_updated")])
def test_a_crash_while_giving_back_is_made_good_by_the_deadline(module, name, dispatched, waiting, duty, monkeypatch):
    broken(monkeypatch, module, name, lambda: give_back_claim(session_id=waiting.pk, by=duty))
    assert (how_it_stands(dispatched), claim_on(dispatched).status) == (GOING, "live")
    Claim.objects.update(start_by=timezone.now() - timedelta(seconds=1))
    later()
    assert (how_it_stands(dispatched), claim_on(dispatched).status) == (OPEN, "expired")


# -- what the provider tells ------------------------------------------------------------------------------------------


def tell(payment: Payment, *, reverse: bool = False, times: int = 1) -> None:
    for event in (list(reversed(events_of(payment))) if reverse else events_of(payment)) * times:
        body, signature = signed(event)
        note_webhook(body=body.encode(), signature=signature)


@pytest.mark.parametrize("about", [{}, {"reverse": True}, {"times": 3}, {"reverse": True, "times": 2}])
def test_webhooks_alone_bring_a_request_to_its_end_in_any_order(about, asked, begun_without_answers):
    begun_without_answers(tell=lambda payment: tell(payment, **about))
    assert how_it_stands(asked) == DONE
    assert (books(), happened("payment_intent.succeeded")) == ([-2000, 2000], 1)
    assert Notification.objects.filter(kind="payment").count() == 1


@pytest.mark.parametrize(
    "forge", [lambda body, _: (body.replace("2000", "2001"), _), lambda body, _: (body, "t=1,v1=00")]
)
def test_a_message_that_the_provider_did_not_sign_changes_nothing(forge, asked, duty, edge, no_worker):
    edge.fails["POST confirm"] = ("after", Crash())
    with pytest.raises(Crash):
        put_on_hold(asked)
    for event in events_of(payment_for(asked)):
        body, signature = forge(*signed(event))
        with pytest.raises(NotOurWebhook):
            note_webhook(body=body.encode(), signature=signature)
    assert (how_it_stands(asked), Notification.objects.count()) == (("open", "none", ""), 0)
    tell(payment_for(asked))
    assert how_it_stands(asked) == OPEN


@pytest.fixture
def begun_without_answers(asked, duty, edge, no_worker):
    """The answer to each call is lost, and nothing but the provider's own messages says what came of it."""

    def run(*, tell) -> None:
        edge.fails["POST confirm"] = ("after", Crash())
        with pytest.raises(Crash):
            put_on_hold(asked)
        tell(payment_for(asked))
        tell(payment_for(asked))
        assert how_it_stands(asked) == OPEN
        session = claim_request(request_id=asked.pk, by=duty)
        start_session(session_id=session.pk, by=duty)
        complete_session(session_id=session.pk, outcome="resolved", by=duty)
        edge.fails["POST capture"] = ("after", Crash())
        with pytest.raises(Crash):
            wishes.finish(payment_id=payment_for(asked).pk)
        assert how_it_stands(asked) == ("resolved", "authorized", "resolved")
        tell(payment_for(asked))
        tell(payment_for(asked))

    return run


@pytest.mark.covers("REC-57")
def test_what_was_never_told_is_found_by_comparing_the_books(asked, duty, edge, no_worker):
    edge.fails["POST confirm"] = ("after", Crash())
    with pytest.raises(Crash):
        put_on_hold(asked)
    reconcile()
    assert how_it_stands(asked) == OPEN
    session = claim_request(request_id=asked.pk, by=duty)
    start_session(session_id=session.pk, by=duty)
    complete_session(session_id=session.pk, outcome="resolved", by=duty)
    report = reconcile()
    assert (how_it_stands(asked), report.unresolved, books()) == (DONE, [], [-2000, 2000])
    assert reconcile().repaired == []


@pytest.mark.parametrize(
    ("status", "stands"),
    [("captured", DONE), ("released", ("closed", "canceled", "withdrawn"))],
)
def test_a_request_that_stands_otherwise_than_its_payment_follows_it(status, stands, dispatched, begun, duty, ada):
    if status == "captured":
        complete_session(session_id=begun.pk, outcome="resolved", by=duty)
    else:
        Claim.objects.update(status="expired", ended_at=timezone.now())
        HelpSession.objects.update(status="ended", started_at=None, ended_at=timezone.now(), duration=None)
        HelpRequest.objects.update(status="open", assigned_helper=None)
        withdraw_request(request_id=dispatched.pk, by=ada)
    HelpRequest.objects.update(payment_status="authorized")
    report = reconcile()
    [repaired] = report.repaired
    said = {"captured": "captured", "released": "canceled"}[status]
    assert repaired == f"{dispatched.pk}: payment authorized at the request, {said} by its payment"
    assert (how_it_stands(dispatched), reconcile().repaired) == (stands, [])
