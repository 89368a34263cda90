"""The process or the network ends between any two steps: the sweep brings each payment to its one right end."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from structlog.testing import capture_logs

from peerloop.core.payments import errors
from peerloop.core.payments.models import DoubleCall, DoubleObject, Payment, Refund
from peerloop.core.payments.services import settling
from peerloop.core.payments.services.opening import confirm
from peerloop.core.payments.services.reconciling import reconcile
from peerloop.core.payments.services.refunds import refund
from peerloop.core.payments.services.sweeping import sweep
from peerloop.core.payments.services.wishes import capture, release
from tests.factories.payments import OFFLINE, Crash, pay

# The process is gone before the provider hears, or after it heard and before we do; or the answer is lost, or an error.
CRASHES = [("before", Crash()), ("after", Crash()), ("before", OFFLINE), ("after", OFFLINE), ("before", 500)]
pytestmark = pytest.mark.django_db(transaction=True)
STEPS = pytest.mark.parametrize("fault", CRASHES, ids=lambda fault: f"{fault[0]} {type(fault[1]).__name__}")


def later() -> None:
    """Hours pass."""
    then = timezone.now() - timedelta(hours=2)
    Payment.objects.update(try_at=then, looked_at=then)
    Refund.objects.update(try_at=then)
    sweep()


def count(kind: str, **matching) -> int:
    return DoubleObject.objects.filter(kind=kind, **matching).count()


@STEPS
@pytest.mark.parametrize("call", ["POST capture", "GET payment_intents"])
def test_a_capture_that_was_cut_short_is_done_once(call, fault, held, ada, heard, edge):
    edge.fails[call] = fault
    with pytest.raises((Crash, errors.ProviderSilent)):
        capture(payment_id=held.pk, by=ada)
    held.refresh_from_db()
    assert (held.status, held.wanted, held.captured) == ("authorised", "capture", 0)
    later()
    later()
    held.refresh_from_db()
    assert (held.status, held.captured, held.wanted, held.error) == ("captured", 2000, "", "")
    assert heard == ["authorised", "captured"]
    assert count("event", data__type="payment_intent.succeeded") == 1


@STEPS
@pytest.mark.parametrize("call", ["POST cancel", "GET payment_intents"])
def test_a_release_that_was_cut_short_is_done_once(call, fault, held, ada, heard, edge):
    edge.fails[call] = fault
    with pytest.raises((Crash, errors.ProviderSilent)):
        release(payment_id=held.pk, by=ada)
    later()
    later()
    held.refresh_from_db()
    assert (held.status, heard) == ("released", ["authorised", "released"])
    assert count("event", data__type="payment_intent.canceled") == 1


@STEPS
@pytest.mark.parametrize("call", ["POST payment_intents", "GET payment_intents"])
def test_an_intent_whose_making_was_cut_short_is_made_once(call, fault, opened, ada, heard, edge):
    edge.fails[call] = fault
    with pytest.raises((Crash, errors.ProviderSilent)):
        pay(opened, ada)
    assert pay(opened, ada).status == "authorised"
    assert (count("payment_intent"), heard) == (1, ["authorised"])


@STEPS
def test_a_card_given_in_the_moment_of_a_crash_is_found(fault, opened, ada, heard, edge):
    edge.fails["POST confirm"] = fault
    with pytest.raises((Crash, errors.ProviderSilent)):
        pay(opened, ada)
    later()
    was_heard = fault[0] == "after"
    opened.refresh_from_db()
    assert (opened.status, heard) == (("authorised", ["authorised"]) if was_heard else ("created", []))
    if not was_heard:
        assert pay(opened, ada).status == "authorised"
    assert count("charge") == 1


@STEPS
@pytest.mark.parametrize("call", ["POST refunds", "GET refunds", "GET payment_intents"])
def test_a_refund_that_was_cut_short_is_made_once(call, fault, held, ada, root, edge, heard):
    capture(payment_id=held.pk, by=ada)
    edge.fails[call] = fault
    about = {"payment_id": held.pk, "refund_id": uuid4(), "amount": 700, "reason": "Too short", "by": root}
    with pytest.raises((Crash, errors.ProviderSilent)):
        refund(**about)
    later()
    later()
    refund(**about)
    held.refresh_from_db()
    assert (held.refunded, count("refund"), heard.count("refunded")) == (700, 1, 1)


def crash(*args, **about):
    raise Crash


def test_a_crash_while_writing_down_what_was_captured_loses_nothing(held, ada, heard, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(settling, "book", crash)
        with pytest.raises(Crash):
            capture(payment_id=held.pk, by=ada)
    held.refresh_from_db()
    assert (held.status, held.wanted) == ("authorised", "capture")
    later()
    held.refresh_from_db()
    assert (held.status, heard[-1]) == ("captured", "captured")


def test_an_error_on_the_first_capture_is_not_repeated_for_ever(held, ada, edge):
    """The provider repeats an error for its key; the next attempt has another one."""
    edge.fails["POST capture"] = ("before", 500)
    with pytest.raises(errors.ProviderSilent):
        capture(payment_id=held.pk, by=ada)
    held.refresh_from_db()
    assert (held.attempt, held.tries, held.error) == (1, 1, "Sorry")
    later()
    assert DoubleCall.objects.filter(key=f"capture:{held.pk}:1", status=200).exists()


def test_a_capture_that_fails_waits_longer_each_time_and_is_logged_and_said_once(held, ada, edge):
    waits = []
    for _ in range(3):
        edge.fails["POST capture"] = ("before", OFFLINE)
        Payment.objects.update(try_at=timezone.now())
        with capture_logs() as lines, pytest.raises(errors.ProviderSilent):
            capture(payment_id=held.pk, by=ada)
        assert [(each["event"], each["cause"]) for each in lines if each["log_level"] == "error"] == [
            ("Payment capture failed:", "No way out")
        ]
        held.refresh_from_db()
        waits.append(round((held.try_at - timezone.now()).total_seconds() / 60))
    assert (waits, held.attempt) == ([1, 2, 4], 0)
    assert held.events.filter(what="capture_failed").count() == 1


def test_an_intent_that_only_the_provider_knows_is_found(opened, ada, edge, heard):
    edge.fails["POST payment_intents"] = ("after", Crash())
    with pytest.raises(Crash):
        pay(opened, ada)
    assert Payment.objects.get().intent_id == ""
    report = reconcile()
    assert (len(report.repaired), report.unresolved) == (1, [])
    assert Payment.objects.get().intent_id == DoubleObject.objects.get(kind="payment_intent").pk
    assert confirm(payment_id=opened.pk, by=ada).status == "created"
