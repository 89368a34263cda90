"""Money given back: bounded, once for each asking, and as the provider says."""

from uuid import uuid4

import pytest

from peerloop.core.notifications.models import Notification
from peerloop.core.payments import errors, gateway
from peerloop.core.payments.double import intents
from peerloop.core.payments.models import DoubleObject, PaymentEntry
from peerloop.core.payments.services.reconciling import reconcile
from peerloop.core.payments.services.refunds import refund
from peerloop.core.payments.services.settling import settle
from peerloop.core.payments.services.wishes import capture

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(held, ada):
    return capture(payment_id=held.pk, by=ada)


def give_back(payment, by, amount, key=None):
    return refund(payment_id=payment.pk, refund_id=key or uuid4(), amount=amount, reason="Too short", by=by)


def kept(payment) -> int:
    entries = PaymentEntry.objects.filter(event__payment=payment, side="site")
    return sum(entries.values_list("amount", flat=True))


def test_a_part_and_then_the_rest_is_given_back_and_no_cent_more(paid, ada, root, heard):
    give_back(paid, root, 700)
    with pytest.raises(errors.RefundTooLarge) as refused:
        give_back(paid, root, 1301)
    assert str(refused.value) == "At most $13.00 can still be refunded."
    give_back(paid, root, 1300)
    with pytest.raises(errors.RefundTooLarge):
        give_back(paid, root, 1)
    paid.refresh_from_db()
    assert (paid.status, paid.refunded, paid.refundable, kept(paid)) == ("captured", 2000, 0, 0)
    assert heard == ["authorised", "captured", "refunded", "refunded"]
    told = Notification.objects.filter(recipient=ada, data__what="refunded").order_by("pk")
    assert [each.data["amount"] for each in told] == ["$7.00", "$13.00"]


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_or_less_is_not_given_back(amount, paid, root):
    with pytest.raises(errors.RefundTooLarge):
        give_back(paid, root, amount)


def test_the_same_asking_twice_gives_back_once(paid, root):
    key = uuid4()
    assert give_back(paid, root, 700, key).pk == give_back(paid, root, 700, key).pk
    paid.refresh_from_db()
    assert (paid.refunded, paid.refunds.count()) == (700, 1)


def test_what_was_not_taken_is_not_given_back(held, root):
    with pytest.raises(errors.NothingToRefund):
        give_back(held, root, 700)


def test_neither_party_nor_an_outsider_gives_back(paid, ada, ben, oskar, root):
    for person in (ada, ben, oskar):
        with pytest.raises(errors.NotForStaff):
            give_back(paid, person, 700)
    assert give_back(paid, root, 700).status == "made"


def test_what_was_given_back_at_the_provider_is_booked_here(paid, root, heard):
    intents.refund({"payment_intent": paid.intent_id, "amount": "500"})
    settle(payment_id=paid.pk, seen=gateway.look(paid.intent_id))
    settle(payment_id=paid.pk, seen=gateway.look(paid.intent_id))
    paid.refresh_from_db()
    assert (paid.refunded, kept(paid), heard.count("refunded")) == (500, 1500, 1)


def test_the_provider_refuses_and_says_so(paid, root, heard):
    """Everything was given back at the provider meanwhile, and we have not heard."""
    intents.refund({"payment_intent": paid.intent_id})
    with pytest.raises(errors.RefundRefused):
        give_back(paid, root, 700)
    assert [each.what for each in paid.events.all()][-1] == "refund_failed"
    assert heard.count("refund_failed") == 1
    report = reconcile()
    paid.refresh_from_db()
    assert (paid.refunded, len(report.repaired), report.unresolved) == (2000, 1, [])


def test_a_refund_that_the_bank_sends_back_is_booked_back(paid, root, heard):
    made = give_back(paid, root, 700)
    row = DoubleObject.objects.get(pk=made.refund_id)
    row.data["status"] = "failed"
    row.save()
    settle(payment_id=paid.pk, seen=gateway.look(paid.intent_id))
    settle(payment_id=paid.pk, seen=gateway.look(paid.intent_id))
    paid.refresh_from_db()
    made.refresh_from_db()
    assert (made.status, paid.refunded, kept(paid)) == ("failed", 0, 2000)
    assert heard.count("refund_failed") == 1


def test_a_disputed_charge_is_not_given_back_as_well(paid, root):
    charge = DoubleObject.objects.get(kind="charge")
    charge.data["disputed"] = True
    charge.save()
    with pytest.raises(errors.RefundRefused, match="has been charged back"):
        give_back(paid, root, 700)
    paid.refresh_from_db()
    assert (paid.refunded, kept(paid)) == (0, 2000)
