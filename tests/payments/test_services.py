"""The life of a payment, driven through the real Stripe library against the built-in provider."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from peerloop.core.accounts.services import system
from peerloop.core.accounts.signals import account_deleted
from peerloop.core.entities.errors import AppendOnly
from peerloop.core.notifications.models import Notification
from peerloop.core.payments import errors, gateway, tasks
from peerloop.core.payments.double import intents
from peerloop.core.payments.models import DoubleObject, Payment, PaymentEntry, PaymentEvent
from peerloop.core.payments.purposes import Purpose, purposes
from peerloop.core.payments.services.opening import authorise, confirm, open_payment
from peerloop.core.payments.services.sweeping import announce_expiring, sweep
from peerloop.core.payments.services.testing import answer_check
from peerloop.core.payments.services.wishes import ask_capture, ask_release, capture, release
from tests.factories.payments import BACK, CHECKED, CHECKED_POOR, DECLINED, POOR, end_hold, pay

pytestmark = pytest.mark.django_db


def timeline(payment) -> list[str]:
    return [each.what for each in payment.events.all()]


def at_provider(payment) -> str:
    return DoubleObject.objects.get(pk=Payment.objects.get(pk=payment.pk).intent_id).data["status"]


def entries(payment) -> list[tuple[str, int]]:
    return sorted(PaymentEntry.objects.filter(event__payment=payment).values_list("side", "amount"))


def test_a_card_puts_the_money_on_hold_and_takes_nothing(held, heard):
    assert (held.status, held.captured, held.card, held.is_held) == ("authorised", 0, "Visa 4242", True)
    assert held.hold_expires_at - timezone.now() > timedelta(days=6)
    assert at_provider(held) == "requires_capture"
    assert (timeline(held), heard, entries(held)) == (["opened", "authorised"], ["authorised"], [])


def test_capture_takes_it_once_and_a_second_capture_is_success(held, ada, heard, edge):
    first = capture(payment_id=held.pk, by=ada)
    calls = len(edge.calls)
    second = capture(payment_id=held.pk, by=ada)
    assert (first.status, first.captured, second.captured_at) == ("captured", 2000, first.captured_at)
    assert (heard, timeline(held)) == (["authorised", "captured"], ["opened", "authorised", "captured"])
    assert entries(held) == [("payer", -2000), ("site", 2000)]
    assert len(edge.calls) == calls
    notice = Notification.objects.get(kind="payment", recipient=ada)
    assert notice.data == {"what": "captured", "amount": "$20.00"}


def test_release_lets_go_says_so_and_changes_nothing_the_second_time(held, ada, heard):
    release(payment_id=held.pk, by=ada)
    again = release(payment_id=held.pk, by=ada)
    assert (again.status, at_provider(held), heard) == ("released", "canceled", ["authorised", "released"])
    assert (timeline(held)[-1], entries(held)) == ("released", [])
    assert Notification.objects.get(kind="payment", recipient=ada).data["what"] == "released"


def test_what_is_captured_is_not_released_and_what_is_released_not_captured(held, opened, ada, ben, heard):
    other = pay(open_payment(purpose="lesson", subject_id=uuid4(), amount=600, by=ben), ben)
    capture(payment_id=held.pk, by=ada)
    release(payment_id=other.pk, by=ben)
    with pytest.raises(errors.AlreadyCaptured):
        release(payment_id=held.pk, by=ada)
    with pytest.raises(errors.NotHeld):
        capture(payment_id=other.pk, by=ben)
    assert (at_provider(held), at_provider(other)) == ("succeeded", "canceled")


def test_what_is_not_held_yet_cannot_be_captured_but_released(opened, ada, heard):
    with pytest.raises(errors.NotHeld):
        capture(payment_id=opened.pk, by=ada)
    assert release(payment_id=opened.pk, by=ada).status == "released"
    with pytest.raises(errors.NotPayable):
        pay(opened, ada)


def test_capture_and_release_exclude_each_other_while_they_wait(held, ada):
    ask_capture(payment_id=held.pk, by=ada)
    with pytest.raises(errors.BeingCaptured):
        ask_release(payment_id=held.pk, by=ada)
    sweep()
    held.refresh_from_db()
    assert held.status == "captured"


def test_who_completes_a_thing_names_its_payee_unless_the_payment_did(held, heard, ada, ben, mei):
    nobodys = pay(open_payment(purpose="lesson", subject_id=uuid4(), amount=600, by=ada), ada)
    for payment, payee in ((held, ben), (nobodys, mei)):
        ask_capture(payment_id=payment.pk, by=ada, payee_id=mei.pk)
        payment.refresh_from_db()
        assert payment.payee == payee


@pytest.mark.parametrize(
    ("card", "why"),
    [(DECLINED, "Your card was declined."), (POOR, "Your card has insufficient funds.")],
)
def test_a_refused_card_is_said_and_another_one_works(card, why, opened, ada, heard):
    with pytest.raises(errors.CardDeclined) as refused:
        pay(opened, ada, card)
    opened.refresh_from_db()
    assert (str(refused.value).startswith(why), opened.status, opened.error) == (True, "failed", why)
    assert heard == []
    again = pay(opened, ada)
    assert (again.status, again.error, heard) == ("authorised", "", ["authorised"])
    assert timeline(opened) == ["opened", "declined", "authorised"]


def test_the_bank_asks_and_a_yes_puts_on_hold(opened, ada, heard):
    asked, url = authorise(payment_id=opened.pk, card=CHECKED, return_url=BACK, by=ada)
    assert (asked.status, url) == ("needs_action", f"http://testserver/payments/check/{asked.intent_id}")
    assert confirm(payment_id=opened.pk, by=ada).status == "needs_action"
    answer_check(payment_id=opened.pk, passed=True, by=ada)
    assert (confirm(payment_id=opened.pk, by=ada).status, heard) == ("authorised", ["authorised"])


@pytest.mark.parametrize(("card", "passed"), [(CHECKED, False), (CHECKED_POOR, True)])
def test_a_no_at_the_bank_holds_nothing_and_another_card_works(card, passed, opened, ada, heard):
    authorise(payment_id=opened.pk, card=card, return_url=BACK, by=ada)
    answer_check(payment_id=opened.pk, passed=passed, by=ada)
    refused = confirm(payment_id=opened.pk, by=ada)
    assert (refused.status, bool(refused.error), heard) == ("failed", True, [])
    assert pay(opened, ada).status == "authorised"


def test_one_thing_is_paid_once_and_anew_only_after_the_end(opened, held, ada, ben, heard):
    same = {"purpose": "lesson", "subject_id": held.subject_id}
    assert open_payment(**same, amount=2000, by=ada).pk == held.pk
    with pytest.raises(errors.OtherAmount):
        open_payment(**same, amount=2500, by=ada)
    with pytest.raises(errors.NotYourPayment):
        open_payment(**same, amount=2000, by=ben)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(**same, number=2, payer=ada, amount=1, currency="usd", provider="test")
    release(payment_id=held.pk, by=ada)
    second = open_payment(**same, amount=2500, by=ada)
    assert (second.number, pay(second, ada).status) == (2, "authorised")


@pytest.mark.parametrize("amount", [499, 100_001, 0, -2000, 20.0, True])
def test_amounts_out_of_bounds_are_refused(amount, heard, ada):
    with pytest.raises(errors.OutOfBounds):
        open_payment(purpose="lesson", subject_id=uuid4(), amount=amount, by=ada)


def test_only_the_payer_gives_a_card_and_an_outsider_sees_nothing(opened, ben, oskar):
    with pytest.raises(errors.NotYourPayment):
        pay(opened, ben)
    with pytest.raises(errors.NoSuchPayment):
        pay(opened, oskar)


def test_a_hold_that_ended_is_never_shown_as_paid(held, ada, heard):
    end_hold(held)
    with pytest.raises(errors.HoldOver):
        capture(payment_id=held.pk, by=ada)
    held.refresh_from_db()
    assert (held.status, held.captured, held.is_held, held.wanted) == ("expired", 0, False, "")
    assert (timeline(held)[-1], heard, entries(held)) == ("expired", ["authorised", "expired"], [])


def test_a_hold_whose_end_nobody_told_of_is_found_by_the_sweep(held, heard):
    end_hold(held)
    long_ago = timezone.now() - timedelta(hours=1)
    Payment.objects.filter(pk=held.pk).update(hold_expires_at=long_ago, looked_at=long_ago)
    held.refresh_from_db()
    assert (held.status, held.is_held) == ("authorised", False)
    sweep()
    held.refresh_from_db()
    assert (held.status, heard) == ("expired", ["authorised", "expired"])


def test_a_hold_cancelled_at_the_provider_is_noticed_within_the_hour(held, heard):
    intents.cancel(held.intent_id, {"cancellation_reason": "requested_by_customer"})
    Payment.objects.filter(pk=held.pk).update(looked_at=timezone.now() - timedelta(minutes=59))
    sweep()
    assert heard == ["authorised"]
    Payment.objects.filter(pk=held.pk).update(looked_at=timezone.now() - timedelta(minutes=61))
    sweep()
    assert heard == ["authorised", "released"]


def test_the_end_of_a_hold_is_announced_once_a_day_ahead(held, ada, heard):
    assert announce_expiring() == 0
    Payment.objects.filter(pk=held.pk).update(hold_expires_at=timezone.now() + timedelta(hours=23))
    assert (announce_expiring(), announce_expiring()) == (1, 0)
    assert (heard, timeline(held)) == (["authorised", "expiring"], ["opened", "authorised", "expiring"])
    assert Notification.objects.get(kind="payment", recipient=ada).data["what"] == "expiring"


def test_money_that_came_after_the_thing_was_given_up_goes_back(opened, ada, heard):
    authorise(payment_id=opened.pk, card=CHECKED, return_url=BACK, by=ada)
    ask_release(payment_id=opened.pk, by=ada)
    answer_check(payment_id=opened.pk, passed=True, by=ada)
    sweep()
    opened.refresh_from_db()
    assert (opened.status, at_provider(opened), "authorised" in heard) == ("released", "canceled", False)


def test_a_payment_that_nobody_finishes_is_given_up_after_a_day(opened, ada, heard):
    sweep()
    opened.refresh_from_db()
    assert opened.status == "created"
    Payment.objects.filter(pk=opened.pk).update(created_at=timezone.now() - timedelta(hours=25))
    sweep()
    opened.refresh_from_db()
    assert (opened.status, heard) == ("released", ["released"])


def test_what_the_purpose_writes_fails_together_with_the_change(opened, ada, heard, monkeypatch):
    def fail(payment):
        raise ZeroDivisionError

    broken = Purpose(name="lesson", label="A lesson", least=500, most=9999, authorised=fail)
    monkeypatch.setitem(purposes._things, "lesson", broken)
    with pytest.raises(ZeroDivisionError):
        pay(opened, ada)
    opened.refresh_from_db()
    assert (opened.status, timeline(opened)) == ("created", ["opened"])


def test_the_timeline_and_the_books_cannot_be_changed(held, ada):
    capture(payment_id=held.pk, by=ada)
    event, entry = held.events.first(), PaymentEntry.objects.first()
    for change in (event.save, entry.delete, PaymentEvent.objects.all().delete):
        with pytest.raises(AppendOnly):
            change()
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute("UPDATE payment_entries SET amount = 1")


def test_the_provider_is_not_called_inside_a_transaction(held):
    with pytest.raises(RuntimeError), transaction.atomic():
        gateway.look(held.intent_id)


def test_without_a_provider_nobody_pays(settings, heard, ada):
    settings.TEST_PAYMENTS = False
    with pytest.raises(errors.PaymentsOff):
        open_payment(purpose="lesson", subject_id=uuid4(), amount=2000, by=ada)
    sweep()


def test_who_leaves_keeps_nothing_on_hold(held, ada):
    account_deleted.send(sender=None, user=ada)
    held.refresh_from_db()
    assert (held.wanted, held.wanted_by) == ("release", system())
    sweep()
    assert at_provider(held) == "canceled"


def test_the_jobs_are_in_the_schedule_and_do_their_work(held, ada, settings):
    schedule = settings.CELERY_BEAT_SCHEDULE
    assert schedule["sweep-payments"]["task"] == tasks.sweep_payments.name
    assert schedule["reconcile-payments"]["task"] == tasks.reconcile_payments.name
    ask_capture(payment_id=held.pk, by=ada)
    tasks.finish_payment(str(held.pk))
    assert at_provider(held) == "succeeded"
