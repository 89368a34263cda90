"""What we rely on at Stripe. The double keeps it; with STRIPE_TEST_KEY set, Stripe's own test mode is asked too."""

import os
import time
from uuid import uuid4

import pytest
import stripe

from peerloop.core.payments.double import accounts
from peerloop.core.payments.double.client import Double
from tests.factories.payments import BACK, CHECKED, DECLINED, POOR, VISA

STRIPE_TEST_KEY = os.environ.get("STRIPE_TEST_KEY", "")
pytestmark = pytest.mark.django_db


@pytest.fixture(params=["double", *(["stripe"] if STRIPE_TEST_KEY else [])])
def intents(request):
    carrier = None if request.param == "stripe" else Double()
    return client(STRIPE_TEST_KEY or "sk_test_x", carrier).v1


def client(key, carrier):
    return stripe.StripeClient(key, http_client=carrier, max_network_retries=0)


def begun(v1, amount=2000, key=None):
    params = {"amount": amount, "currency": "usd", "capture_method": "manual", "payment_method_types": ["card"]}
    about = {"metadata": {"payment": "p1"}}
    return v1.payment_intents.create({**params, **about}, {"idempotency_key": key or str(uuid4())})


def held(v1, amount=2000):
    return v1.payment_intents.confirm(begun(v1, amount).id, {"payment_method": VISA, "return_url": BACK})


def taken(v1, amount=2000):
    return v1.payment_intents.capture(held(v1, amount).id)


def refused(kind, verb, *given) -> stripe.StripeError:
    with pytest.raises(kind) as error:
        verb(*given)
    return error.value


def test_one_key_makes_one_intent_and_says_that_it_repeats(intents):
    key = str(uuid4())
    first, second = begun(intents, key=key), begun(intents, key=key)
    assert (first.id, second.last_response.headers["Idempotent-Replayed"]) == (second.id, "true")
    assert (first.status, first.metadata["payment"]) == ("requires_payment_method", "p1")


def test_one_key_with_other_parameters_is_an_error(intents):
    key = str(uuid4())
    begun(intents, key=key)
    refused(stripe.IdempotencyError, begun, intents, 2001, key)


def test_an_error_is_repeated_for_its_key(intents):
    intent, key = begun(intents), {"idempotency_key": str(uuid4())}
    given = intent.id, {"payment_method": DECLINED, "return_url": BACK}, key
    errors = [refused(stripe.CardError, intents.payment_intents.confirm, *given) for _ in range(2)]
    assert errors[1].headers["Idempotent-Replayed"] == "true"
    assert {error.code for error in errors} == {"card_declined"}


@pytest.mark.parametrize(("card", "why"), [(DECLINED, "generic_decline"), (POOR, "insufficient_funds")])
def test_a_declined_card_is_402_and_leaves_the_intent_open(card, why, intents):
    intent = begun(intents)
    given = intent.id, {"payment_method": card, "return_url": BACK}
    error = refused(stripe.CardError, intents.payment_intents.confirm, *given)
    assert (error.http_status, error.code, error.error.decline_code) == (402, "card_declined", why)
    after = intents.payment_intents.retrieve(intent.id)
    assert (after.status, after.last_payment_error.code) == ("requires_payment_method", "card_declined")


def test_a_card_that_is_checked_waits_at_an_address_of_the_bank(intents):
    asked = intents.payment_intents.confirm(begun(intents).id, {"payment_method": CHECKED, "return_url": BACK})
    assert (asked.status, asked.next_action.type) == ("requires_action", "redirect_to_url")
    assert asked.next_action.redirect_to_url.url.startswith("http")


def test_a_hold_says_until_when_it_can_be_captured(intents):
    intent = intents.payment_intents.retrieve(held(intents).id, {"expand": ["latest_charge"]})
    card = intent.latest_charge.payment_method_details.card
    assert (intent.status, intent.amount_capturable, intent.amount_received) == ("requires_capture", 2000, 0)
    assert (card.capture_before > time.time(), card.last4) == (True, "4242")


def test_a_second_capture_and_one_after_the_end_are_unexpected(intents):
    done = taken(intents)
    assert (done.status, done.amount_received) == ("succeeded", 2000)
    over = intents.payment_intents.cancel(held(intents).id, {"cancellation_reason": "requested_by_customer"})
    assert (over.status, over.cancellation_reason) == ("canceled", "requested_by_customer")
    for verb, intent in (("capture", done), ("capture", over), ("cancel", done), ("cancel", over)):
        error = refused(stripe.InvalidRequestError, getattr(intents.payment_intents, verb), intent.id)
        assert (error.code, error.http_status) == ("payment_intent_unexpected_state", 400)


def test_no_more_is_captured_than_held_and_no_less_than_the_minimum_asked(intents):
    refused(stripe.InvalidRequestError, intents.payment_intents.capture, held(intents).id, {"amount_to_capture": 2001})
    assert refused(stripe.InvalidRequestError, begun, intents, 49).code == "amount_too_small"


def test_no_more_is_refunded_than_taken(intents):
    intent = taken(intents).id
    made = intents.refunds.create({"payment_intent": intent, "amount": 700, "metadata": {"refund": "r1"}})
    refused(stripe.InvalidRequestError, intents.refunds.create, {"payment_intent": intent, "amount": 1301})
    intents.refunds.create({"payment_intent": intent, "amount": 1300})
    last = refused(stripe.InvalidRequestError, intents.refunds.create, {"payment_intent": intent})
    assert last.code == "charge_already_refunded"
    known = intents.refunds.list({"payment_intent": intent})
    assert sorted(each.amount for each in known) == [700, 1300]
    assert next(each.metadata["refund"] for each in known if each.id == made.id) == "r1"


def test_what_is_not_there_is_404(intents):
    assert refused(stripe.InvalidRequestError, intents.payment_intents.retrieve, "pi_none").http_status == 404


def test_intents_are_listed_since_a_moment(intents):
    since = int(time.time()) - 1
    made = begun(intents).id
    listed = intents.payment_intents.list({"created": {"gte": since}, "limit": 100})
    assert made in {each.id for each in listed.auto_paging_iter()}


# -- payouts: Stripe's test mode needs a platform, and an account there that can receive, in STRIPE_TEST_ACCOUNT


@pytest.fixture
def receiver(intents, request) -> str:
    """An account that transfers can be sent to."""
    if "stripe" in request.node.name.partition("[")[2]:
        return os.environ.get("STRIPE_TEST_ACCOUNT") or pytest.skip("STRIPE_TEST_ACCOUNT is not set")
    return accounts.finish(express(intents).id)["id"]


def express(v1, key=None):
    params = {"type": "express", "capabilities": {"transfers": {"requested": True}}, "metadata": {"person": "p1"}}
    return v1.accounts.create(params, {"idempotency_key": key or str(uuid4())})


def sent(v1, account, amount=1600, key=None, charge=None):
    charge = charge or taken(v1).latest_charge
    params = {"amount": amount, "currency": "usd", "destination": account, "source_transaction": charge}
    about = {"transfer_group": f"lesson:{charge}", "metadata": {"payout": "o1"}}
    return v1.transfers.create({**params, **about}, {"idempotency_key": key or str(uuid4())})


def test_one_key_makes_one_account_which_says_what_it_lacks(intents):
    key = str(uuid4())
    account = express(intents, key)
    assert (account.id, account.details_submitted, account.payouts_enabled) == (express(intents, key).id, False, False)
    assert account.capabilities["transfers"] == "inactive"
    assert "external_account" in account.requirements.currently_due
    link = {"account": account.id, "type": "account_onboarding", "return_url": BACK, "refresh_url": BACK}
    assert intents.account_links.create(link).url.startswith("http")


def test_an_account_that_lacks_something_is_sent_nothing(intents):
    error = refused(stripe.InvalidRequestError, sent, intents, express(intents).id)
    assert error.code == "insufficient_capabilities_for_transfer"


def test_one_key_sends_once_and_the_transfer_is_found_by_its_group(intents, receiver):
    key, charge = str(uuid4()), taken(intents).latest_charge
    first, second = (sent(intents, receiver, key=key, charge=charge) for _ in range(2))
    listed = intents.transfers.list({"transfer_group": f"lesson:{charge}", "limit": 100})
    assert [(each.id, each.metadata["payout"]) for each in listed] == [(first.id, "o1")]
    assert (first.id, first.amount, first.amount_reversed) == (second.id, 1600, 0)


def test_no_more_is_sent_than_was_taken(intents, receiver):
    refused(stripe.InvalidRequestError, sent, intents, receiver, 2001)


def test_no_more_is_taken_back_than_was_sent(intents, receiver):
    transfer, key = sent(intents, receiver).id, {"idempotency_key": str(uuid4())}
    for _ in range(2):
        intents.transfers.reversals.create(transfer, {"amount": 600}, key)
    assert intents.transfers.retrieve(transfer).amount_reversed == 600
    refused(stripe.InvalidRequestError, intents.transfers.reversals.create, transfer, {"amount": 1001})
