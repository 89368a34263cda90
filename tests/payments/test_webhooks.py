"""What the provider tells: in any order, twice, before our own answer, forged, or never."""

import time
from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from peerloop.core.payments import gateway
from peerloop.core.payments.double import intents
from peerloop.core.payments.models import DoubleObject, PaymentEntry, WebhookDelivery
from peerloop.core.payments.services import settling
from peerloop.core.payments.services.opening import open_payment, prepare
from peerloop.core.payments.services.sweeping import sweep
from peerloop.core.payments.services.wishes import ask_capture, finish
from tests.factories.payments import BACK, OFFLINE, VISA, Crash, end_hold, events_of, pay, signed

pytestmark = pytest.mark.django_db


def post(body: str | bytes, signature: str) -> int:
    """As the provider does it: without a session and without our token against forged forms."""
    door, headers = Client(enforce_csrf_checks=True), {"Stripe-Signature": signature}
    return door.post("/payments/webhook", body, content_type="application/json", headers=headers).status_code


def tell(event: dict, **sign) -> int:
    return post(*signed(event, **sign))


def stands(payment) -> tuple:
    payment.refresh_from_db()
    entries = PaymentEntry.objects.filter(event__payment=payment).order_by("amount")
    return payment.status, payment.captured, list(entries.values_list("amount", flat=True))


@pytest.fixture
def paid_elsewhere(heard, edge, ada):
    """`paid_elsewhere()` is a payment that was held and captured at the provider without a word to us."""

    def make():
        payment = open_payment(purpose="lesson", subject_id=uuid4(), amount=2000, by=ada)
        payment = prepare(payment_id=payment.pk, by=ada)
        intents.confirm(payment.intent_id, {"payment_method": VISA, "return_url": BACK})
        intents.capture(payment.intent_id, {})
        return payment

    return make


def test_every_order_of_the_events_each_told_twice_ends_the_same(paid_elsewhere, heard):
    for order in permutations(range(4)):
        heard.clear()
        payment = paid_elsewhere()
        events = events_of(payment)
        assert stands(payment) == ("created", 0, [])
        assert [tell(events[place]) for place in (*order, *order)] == [204] * 8
        assert (len(events), stands(payment)) == (4, ("captured", 2000, [-2000, 2000]))
        assert heard == ["authorised", "captured"]
    assert not WebhookDelivery.objects.filter(done_at=None).exists()


def test_an_event_that_overtakes_our_own_answer_counts_once(opened, ada, heard, edge):
    """The provider's message names the payment, whose row does not know its intent yet."""
    edge.fails["POST payment_intents"] = ("after", Crash())
    with pytest.raises(Crash):
        pay(opened, ada)
    [event] = [row.data for row in DoubleObject.objects.filter(kind="event")]
    opened.refresh_from_db()
    assert (opened.intent_id, tell(event)) == ("", 204)
    opened.refresh_from_db()
    assert opened.intent_id == event["data"]["object"]["id"]
    assert pay(opened, ada).status == "authorised"


def test_an_old_event_does_not_take_a_payment_back(held, ada, heard):
    early = [each for each in events_of(held) if each["type"] == "payment_intent.created"]
    ask_capture(payment_id=held.pk, by=ada)
    finish(payment_id=held.pk)
    assert [tell(each) for each in early] == [204]
    assert stands(held) == ("captured", 2000, [-2000, 2000])


def test_what_was_read_earlier_and_arrives_later_changes_nothing(held, ada, heard):
    earlier = gateway.look(held.intent_id)
    ask_capture(payment_id=held.pk, by=ada)
    finish(payment_id=held.pk)
    settling.settle(payment_id=held.pk, seen=earlier)
    assert (stands(held)[0], heard) == ("captured", ["authorised", "captured"])


def test_one_changed_byte_is_refused_and_nothing_is_kept(paid_elsewhere):
    payment = paid_elsewhere()
    body, signature = signed(events_of(payment)[-1])
    assert post(body.replace("2000", "2001", 1), signature) == 400
    assert post(body.encode().replace(b"evt", b"\xff\xfe\xfd", 1), signature) == 400
    assert (WebhookDelivery.objects.count(), stands(payment)[0]) == (0, "created")
    assert (post(body, signature), stands(payment)[0]) == (204, "captured")


@pytest.mark.parametrize("forged", [{"secret": "whsec_another"}, {"at": int(time.time()) - 301}])
def test_another_secret_or_an_old_signature_is_refused(forged, paid_elsewhere):
    payment = paid_elsewhere()
    assert (tell(events_of(payment)[-1], **forged), stands(payment)[0]) == (400, "created")


@pytest.mark.parametrize("signature", ["", "nonsense", "t=1", "v1=abc", "t=now,v1=abc"])
def test_no_signature_or_a_broken_one_is_refused(signature, held):
    body, _ = signed(events_of(held)[0])
    assert post(body, signature) == 400


def test_what_is_not_about_a_payment_of_ours_is_taken_and_left(heard, edge):
    event = {"id": "evt_1", "object": "event", "type": "payout.paid", "data": {"object": {"id": "po_1"}}}
    other = {"id": "pi_other", "object": "payment_intent", "metadata": {"payment": "nonsense"}}
    assert tell(event) == 204
    assert tell({**event, "id": "evt_2", "data": {"object": other}}) == 204
    assert (edge.calls, WebhookDelivery.objects.exclude(done_at=None).count()) == (["GET payment_intents"], 2)


def test_what_could_not_be_looked_up_is_done_by_the_sweep(opened, ada, edge):
    edge.fails |= {"POST payment_intents": ("after", Crash()), "GET payment_intents": ("before", OFFLINE)}
    with pytest.raises(Crash):
        pay(opened, ada)
    [event] = [row.data for row in DoubleObject.objects.filter(kind="event")]
    assert tell(event) == 204
    assert (WebhookDelivery.objects.get().done_at, WebhookDelivery.objects.get().error) == (None, "No way out")
    WebhookDelivery.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    sweep()
    opened.refresh_from_db()
    assert opened.intent_id == event["data"]["object"]["id"]
    assert (WebhookDelivery.objects.get().done_at is None, WebhookDelivery.objects.get().error) == (False, "")


def test_a_failure_in_the_middle_leaves_the_message_to_be_told_again(paid_elsewhere, monkeypatch):
    payment = paid_elsewhere()

    def crash(*args):
        raise Crash

    with monkeypatch.context() as broken:
        broken.setattr(settling, "book", crash)
        with pytest.raises(Crash):
            tell(events_of(payment)[-1])
    assert (WebhookDelivery.objects.get().done_at, stands(payment)[0]) == (None, "created")
    assert (tell(events_of(payment)[-1]), stands(payment)) == (204, ("captured", 2000, [-2000, 2000]))


def test_a_hold_that_ends_is_told(held, heard):
    end_hold(held)
    intents.show(held.intent_id)
    assert tell(events_of(held)[-1]) == 204
    assert (stands(held), heard) == (("expired", 0, []), ["authorised", "expired"])
