"""Each way in which the two sides can differ, and the command that repairs it."""

import pytest
from django.core.management import call_command
from django.db import connection

from peerloop.core.payments.double import intents
from peerloop.core.payments.models import DoubleObject, Payment
from peerloop.core.payments.services.opening import prepare
from peerloop.core.payments.services.reconciling import reconcile
from peerloop.core.payments.services.wishes import ask_capture, capture
from tests.factories.payments import BACK, VISA, end_hold

pytestmark = pytest.mark.django_db

# What happened at the provider without our hearing, and where our row must be after.
DIVERGENCES = {
    "held there": (str, "authorised"),
    "captured there": (lambda intent: intents.capture(intent, {}), "captured"),
    "cancelled there": (lambda intent: intents.cancel(intent, {}), "released"),
    "refunded there": (
        lambda intent: (intents.capture(intent, {}), intents.refund({"payment_intent": intent, "amount": "500"})),
        "captured",
    ),
}


@pytest.mark.parametrize("name", DIVERGENCES)
def test_what_happened_at_the_provider_alone_is_found_once(name, opened, ada, heard):
    there, status = DIVERGENCES[name]
    payment = prepare(payment_id=opened.pk, by=ada)
    intents.confirm(payment.intent_id, {"payment_method": VISA, "return_url": BACK})
    there(payment.intent_id)
    first, second = reconcile(), reconcile()
    payment.refresh_from_db()
    assert (payment.status, payment.refunded) == (status, 500 if name == "refunded there" else 0)
    assert (len(first.repaired), first.unresolved, second.repaired, second.unresolved) == (1, [], [], [])


def test_a_hold_that_ended_there_is_found(held, heard):
    end_hold(held)
    assert len(reconcile().repaired) == 1
    assert Payment.objects.get().status == "expired"


def test_a_capture_that_was_decided_and_never_done_is_done(held, ada, heard):
    ask_capture(payment_id=held.pk, by=ada)
    assert (len(reconcile().repaired), Payment.objects.get().status) == (1, "captured")


def test_two_sides_that_agree_are_left_alone(held, ada, heard):
    capture(payment_id=held.pk, by=ada)
    report = reconcile()
    assert (report.compared, report.repaired, report.unresolved) == (1, [], [])


def test_an_intent_of_ours_without_a_payment_is_pointed_at(held, settings, capsys):
    about = {"payment": "gone", "site": settings.SITE_URL}
    lost = intents.create({"amount": "700", "currency": "usd", "metadata": about})
    intents.create({"amount": "700", "currency": "usd", "metadata": {"site": "https://another.example"}})
    with pytest.raises(SystemExit):
        call_command("reconcile_payments")
    said = capsys.readouterr()
    assert said.err == f"Look at {lost['id']}: no payment here belongs to it\n"
    assert said.out == "Compared: 1, repaired: 0\n"


def test_books_that_do_not_add_up_are_pointed_at(held, ada):
    capture(payment_id=held.pk, by=ada)
    with connection.cursor() as cursor:
        on = " ON payment_entries" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER payment_entries_append_only{on}")
        cursor.execute("DELETE FROM payment_entries WHERE side = 'site'")
    assert reconcile().unresolved == [f"{held.pk}: 2000 kept, 0 booked"]


def test_an_intent_that_is_gone_there_is_pointed_at(held):
    DoubleObject.objects.filter(pk=held.intent_id).delete()
    assert reconcile().unresolved == [f"{held.pk}: No such payment_intent: '{held.intent_id}'"]
