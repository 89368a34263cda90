"""Everybody at one moment: one hold, one capture, one refund, one line in the books."""

from uuid import uuid4

import pytest

from peerloop.core.payments import errors
from peerloop.core.payments.models import DoubleObject, Payment, PaymentEntry, Refund, WebhookDelivery
from peerloop.core.payments.services.opening import open_payment
from peerloop.core.payments.services.refunds import refund
from peerloop.core.payments.services.webhooks import note_webhook
from peerloop.core.payments.services.wishes import capture, finish, release
from tests.factories.payments import events_of, pay, signed
from tests.races.test_summons import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def happened(kind: str) -> int:
    return DoubleObject.objects.filter(kind="event", data__type=kind).count()


def books() -> list[int]:
    return sorted(PaymentEntry.objects.values_list("amount", flat=True))


def test_twenty_captures_at_one_barrier_are_one_capture(held, ada, heard):
    outcomes = at_once([lambda: capture(payment_id=held.pk, by=ada).status] * 20)
    assert outcomes == ["captured"] * 20
    assert (happened("payment_intent.succeeded"), books(), heard) == (1, [-2000, 2000], ["authorised", "captured"])
    assert held.events.filter(what="captured").count() == 1


def test_one_event_told_twenty_times_at_once_has_one_effect(held, ada, heard):
    capture(payment_id=held.pk, by=ada)
    body, signature = signed(events_of(held)[-1])
    told = at_once([lambda: note_webhook(body=body.encode(), signature=signature).pk] * 20)
    assert (len(set(told)), WebhookDelivery.objects.count(), books()) == (1, 1, [-2000, 2000])
    assert heard == ["authorised", "captured"]


def test_capture_against_release_has_one_end_which_both_are_told(held, ada, ben, heard):
    taken, let_go = at_once(
        [lambda: capture(payment_id=held.pk, by=ada).status, lambda: release(payment_id=held.pk, by=ben).status]
    )
    held.refresh_from_db()
    if held.status == "captured":
        assert (taken, let_go in {errors.BeingCaptured, errors.AlreadyCaptured}, books()) == (
            "captured",
            True,
            [-2000, 2000],
        )
    else:
        assert (held.status, taken, let_go, books()) == ("released", errors.NotHeld, "released", [])
    assert heard == ["authorised", held.status]


def test_capture_its_job_and_its_webhook_at_once_are_one_capture(held, ada, heard):
    early = [signed(each) for each in events_of(held)]
    jobs = [lambda: capture(payment_id=held.pk, by=ada).status, lambda: finish(payment_id=held.pk) and None] * 4
    jobs += [lambda told=told: note_webhook(body=told[0].encode(), signature=told[1]) and None for told in early]
    outcomes = at_once(jobs)
    assert outcomes.count("captured") == 4
    assert (happened("payment_intent.succeeded"), books(), heard) == (1, [-2000, 2000], ["authorised", "captured"])


def test_ten_presses_of_one_card_hold_once(opened, ada, heard):
    outcomes = at_once([lambda: pay(opened, ada).status] * 10)
    assert set(outcomes) <= {"authorised", errors.NotPayable}
    assert "authorised" in outcomes
    assert (DoubleObject.objects.filter(kind="charge").count(), heard) == (1, ["authorised"])


def test_ten_at_once_open_one_payment_for_one_thing(heard, edge, ada):
    about = {"purpose": "lesson", "subject_id": uuid4(), "amount": 2000, "by": ada}
    outcomes = at_once([lambda: open_payment(**about).pk] * 10)
    assert set(outcomes) == {Payment.objects.get().pk}


def test_refunds_at_once_never_exceed_what_was_taken(held, ada, root, heard):
    capture(payment_id=held.pk, by=ada)
    about = {"payment_id": held.pk, "amount": 700, "reason": "", "by": root}
    outcomes = at_once([lambda: refund(refund_id=uuid4(), **about).status] * 8)
    assert (outcomes.count("made"), outcomes.count(errors.RefundTooLarge)) == (2, 6)
    held.refresh_from_db()
    assert (held.refunded, sum(books()), heard.count("refunded")) == (1400, 0, 2)


def test_one_refund_pressed_ten_times_at_once_is_one(held, ada, root, heard):
    capture(payment_id=held.pk, by=ada)
    about = {"payment_id": held.pk, "refund_id": uuid4(), "amount": 700, "reason": "", "by": root}
    outcomes = at_once([lambda: refund(**about).status] * 10)
    assert (set(outcomes), Refund.objects.count(), heard.count("refunded")) == ({"made"}, 1, 1)
    assert DoubleObject.objects.filter(kind="refund").count() == 1
