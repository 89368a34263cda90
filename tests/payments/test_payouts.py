"""What a payee gets of a payment: noted with the capture, sent once, and taken back with refunds."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from peerloop.core.accounts.services import delete_account
from peerloop.core.notifications.models import Notification
from peerloop.core.payments import errors
from peerloop.core.payments.double.answers import wrong
from peerloop.core.payments.models import DoubleObject, PaymentEntry, Payout, PayoutAccount
from peerloop.core.payments.services.opening import open_payment
from peerloop.core.payments.services.paying_out import finish_payout, retry_payout
from peerloop.core.payments.services.refunds import refund
from peerloop.core.payments.services.sweeping import sweep
from peerloop.core.payments.services.wishes import ask_capture, capture
from tests.factories.payments import OFFLINE, account_of, ask_owner, pay
from tests.payments.test_refunds import give_back

pytestmark = pytest.mark.django_db


def transfers() -> list[tuple[int, int]]:
    """What the provider has sent and taken back."""
    rows = [row.data for row in DoubleObject.objects.filter(kind="transfer").order_by("created_at")]
    return [(each["amount"], each["amount_reversed"]) for each in rows]


def books(payment) -> dict[str, int]:
    totals: dict[str, int] = {}
    for side, amount in PaymentEntry.objects.filter(event__payment=payment).values_list("side", "amount"):
        totals[side] = totals.get(side, 0) + amount
    return totals


def told(person) -> list[str]:
    own = Notification.objects.filter(recipient=person, kind="payment").order_by("pk")
    return [each.data["what"] for each in own]


@pytest.fixture
def paid(held, ada, pays_out):
    return capture(payment_id=held.pk, by=ada)


def test_the_payees_part_is_sent_to_an_account_that_works(held, ada, ben, ben_account):
    paid = capture(payment_id=held.pk, by=ada)
    payout = Payout.objects.get()
    assert (payout.payee, payout.amount, payout.status, payout.try_at is None) == (ben, 1600, "due", False)
    sweep()
    sweep()
    payout.refresh_from_db()
    assert (payout.status, payout.sent, payout.asked, payout.error, payout.try_at) == ("sent", 1600, 0, "", None)
    assert (transfers(), books(paid)) == ([(1600, 0)], {"payer": -2000, "site": 400, "payee": 1600})
    assert (told(ben), [each.what for each in paid.events.all()][-1]) == ([], "paid_out")
    transfer = DoubleObject.objects.get(kind="transfer").data
    assert (transfer["destination"], transfer["transfer_group"]) == (
        ben_account.account_id,
        f"lesson:{held.subject_id}",
    )
    assert transfer["source_transaction"] == DoubleObject.objects.get(kind="charge").pk


def test_of_a_cent_that_cannot_be_parted_the_site_keeps_the_rest(ada, ben, ben_account, heard):
    payment = open_payment(purpose="lesson", subject_id=uuid4(), amount=999, payee_id=ben.pk, by=ada)
    capture(payment_id=pay(payment, ada).pk, by=ada)
    assert Payout.objects.get().amount == 799


def test_while_payouts_are_off_nothing_is_noted_and_nothing_asked(held, ada, ben, edge):
    paid = capture(payment_id=held.pk, by=ada)
    sweep()
    assert (Payout.objects.count(), transfers(), told(ben)) == (0, [], [])
    assert (books(paid), "POST transfers" in edge.calls) == ({"payer": -2000, "site": 2000}, False)


def test_what_was_taken_before_payouts_were_switched_on_stays_with_the_site(held, ada, settings):
    capture(payment_id=held.pk, by=ada)
    settings.PAYOUT_PERCENT = 80
    sweep()
    assert Payout.objects.count() == 0


def test_a_payment_without_a_payee_pays_nobody_and_one_named_later_pays_them(ada, ben, ben_account, heard):
    payments = [open_payment(purpose="lesson", subject_id=uuid4(), amount=2000, by=ada) for _ in range(2)]
    nobodys, bens = [pay(each, ada) for each in payments]
    capture(payment_id=nobodys.pk, by=ada)
    ask_capture(payment_id=bens.pk, by=ada, payee_id=ben.pk)
    sweep()
    payout = Payout.objects.get()
    assert (payout.payment, payout.payee) == (bens, ben)


def test_a_payout_waits_for_the_account_is_told_once_and_goes_out_when_it_works(paid, ada, ben):
    other = open_payment(purpose="lesson", subject_id=uuid4(), amount=1000, payee_id=ben.pk, by=ada)
    capture(payment_id=pay(other, ada).pk, by=ada)
    sweep()
    assert set(Payout.objects.values_list("status", flat=True)) == {"waiting"}
    assert (transfers(), told(ben)) == ([], ["payout_waits"])
    assert Notification.objects.get(recipient=ben).title == "$16.00 waits for you: set up payouts"
    account_of(ben)
    sweep()
    assert (sorted(transfers()), told(ben)) == ([(800, 0), (1600, 0)], ["payout_waits"])


def test_an_account_that_works_without_our_hearing_is_found_within_the_hour(paid, ben):
    account = account_of(ben, is_finished=False)
    ask_owner(account)
    sweep()
    assert transfers() == []
    PayoutAccount.objects.update(looked_at=timezone.now() - timedelta(minutes=61))
    sweep()
    assert transfers() == [(1600, 0)]


def test_an_account_that_stopped_working_makes_the_payout_wait_and_is_told(held, ada, ben, ben_account):
    ask_owner(ben_account, "external_account")
    paid = capture(payment_id=held.pk, by=ada)
    sweep()
    payout = Payout.objects.get()
    assert (payout.status, payout.asked, transfers(), told(ben)) == ("waiting", 0, [], ["payout_asks"])
    account_of(ben)
    sweep()
    assert (transfers(), books(paid)["payee"]) == ([(1600, 0)], 1600)


def test_too_little_money_at_the_provider_is_waited_for(held, ada, ben, ben_account, edge):
    capture(payment_id=held.pk, by=ada)
    edge.fails["POST transfers"] = ("before", wrong("balance_insufficient", "Insufficient funds."))
    sweep()
    payout = Payout.objects.get()
    assert (payout.status, payout.error, payout.tries, payout.attempt) == ("due", "Insufficient funds.", 1, 1)
    assert payout.try_at > timezone.now()
    Payout.objects.update(try_at=timezone.now())
    sweep()
    assert (transfers(), told(ben)) == ([(1600, 0)], [])


def test_what_the_provider_does_not_send_is_told_and_staff_have_it_tried_again(held, ada, ben, root, ben_account, edge):
    capture(payment_id=held.pk, by=ada)
    edge.fails["POST transfers"] = ("before", wrong("", "No such luck."))
    sweep()
    payout = Payout.objects.get()
    assert (payout.status, payout.error, payout.try_at, told(ben)) == (
        "failed",
        "No such luck.",
        None,
        ["payout_failed"],
    )
    sweep()
    assert transfers() == []
    with pytest.raises(errors.OnlyStaffSends):
        retry_payout(payout_id=payout.pk, by=ben)
    retry_payout(payout_id=payout.pk, by=root)
    sweep()
    with pytest.raises(errors.NothingToSend):
        retry_payout(payout_id=payout.pk, by=root)
    with pytest.raises(errors.NoSuchPayout):
        retry_payout(payout_id=uuid4(), by=root)
    assert transfers() == [(1600, 0)]


def test_of_what_was_refunded_before_it_was_sent_less_is_sent(paid, ben, root):
    give_back(paid, root, 701)
    account_of(ben)
    sweep()
    assert (transfers(), books(paid)) == ([(1039, 0)], {"payer": -1299, "site": 260, "payee": 1039})
    assert Payout.objects.get().amount == 1600


def test_of_what_was_refunded_whole_before_it_was_sent_nothing_is(paid, ben, root):
    give_back(paid, root, 2000)
    account_of(ben)
    sweep()
    payout = Payout.objects.get()
    assert (payout.status, payout.error, transfers()) == ("cancelled", "Everything was refunded first.", [])


def test_refunds_after_it_was_sent_are_taken_back_in_part_and_then_whole(held, ada, root, ben_account):
    paid = capture(payment_id=held.pk, by=ada)
    sweep()
    give_back(paid, root, 501)
    sweep()
    payout = Payout.objects.get()
    assert (payout.status, payout.reversed, transfers()) == ("sent", 401, [(1600, 401)])
    give_back(paid, root, 1499)
    sweep()
    sweep()
    payout.refresh_from_db()
    assert (payout.status, payout.reversed, transfers()) == ("reversed", 1600, [(1600, 1600)])
    assert books(paid) == {"payer": 0, "site": 0, "payee": 0}


def test_two_refunds_before_the_sweep_are_taken_back_together(held, ada, root, ben_account):
    paid = capture(payment_id=held.pk, by=ada)
    sweep()
    give_back(paid, root, 500)
    give_back(paid, root, 250)
    sweep()
    assert (transfers(), books(paid)["payee"]) == ([(1600, 600)], 1000)


def test_an_account_with_too_little_in_it_is_asked_again_and_the_payer_has_their_refund(
    held, ada, root, ben, ben_account, edge
):
    paid = capture(payment_id=held.pk, by=ada)
    sweep()
    edge.fails["POST reversals"] = ("before", wrong("balance_insufficient", "Too little."))
    assert give_back(paid, root, 500).status == "made"
    sweep()
    payout = Payout.objects.get()
    assert (payout.status, payout.error, payout.reversed, told(ben)) == ("sent", "Too little.", 0, [])
    Payout.objects.update(try_at=timezone.now())
    sweep()
    payout.refresh_from_db()
    assert (transfers(), payout.reversed, payout.error) == ([(1600, 400)], 400, "")


def test_a_refund_asked_for_twice_is_taken_back_once(held, ada, root, ben_account):
    paid = capture(payment_id=held.pk, by=ada)
    sweep()
    key = uuid4()
    for _ in range(2):
        refund(payment_id=paid.pk, refund_id=key, amount=500, reason="", by=root)
        sweep()
    assert transfers() == [(1600, 400)]


def test_who_leaves_before_setting_it_up_gets_nothing_more(paid, ben, root):
    delete_account(user=ben, by=ben)
    payout = Payout.objects.get()
    assert (payout.status, payout.error) == ("cancelled", "The account was deleted before payouts were set up.")
    with pytest.raises(errors.NothingToSend):
        retry_payout(payout_id=payout.pk, by=root)


def test_who_leaves_with_an_account_that_works_is_still_sent_their_part(held, ada, ben, ben_account):
    capture(payment_id=held.pk, by=ada)
    delete_account(user=ben, by=ben)
    sweep()
    assert transfers() == [(1600, 0)]


def test_who_has_left_is_owed_nothing_unless_their_account_works(held, ada, ben, pays_out):
    delete_account(user=ben, by=ben)
    capture(payment_id=held.pk, by=ada)
    assert Payout.objects.count() == 0


def test_the_database_keeps_payouts_within_bounds(held, ada, ben_account):
    capture(payment_id=held.pk, by=ada)
    sweep()
    payout = Payout.objects.get()
    for wrong_figures in ({"sent": 1601}, {"reversed": 1601}, {"transfer_id": ""}, {"status": "due"}, {"amount": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payout.objects.filter(pk=payout.pk).update(**wrong_figures)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.create(payment=payout.payment, payee=payout.payee, amount=1, status="due")


def test_a_payout_that_is_done_is_not_asked_about_again(held, ada, ben_account, edge):
    capture(payment_id=held.pk, by=ada)
    sweep()
    edge.calls.clear()
    finish_payout(payout_id=Payout.objects.get().pk)
    assert edge.calls == []


def test_a_provider_that_does_not_answer_is_asked_later_each_time(held, ada, ben_account, edge):
    capture(payment_id=held.pk, by=ada)
    waits = []
    for _ in range(3):
        edge.fails["POST transfers"] = ("before", OFFLINE)
        Payout.objects.update(try_at=timezone.now())
        sweep()
        payout = Payout.objects.get()
        waits.append(round((payout.try_at - timezone.now()).total_seconds() / 60))
    assert (waits, payout.attempt, payout.asked, payout.error) == ([1, 2, 4], 0, 1600, "No way out")
