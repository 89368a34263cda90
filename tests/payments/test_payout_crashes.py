"""The process or the network ends between any two steps of a payout: each sum is moved once, and both sides agree."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from peerloop.core.payments.models import DoubleObject, Payout
from peerloop.core.payments.services import paying_out
from peerloop.core.payments.services.paying_out import finish_payout
from peerloop.core.payments.services.reconciling import reconcile
from peerloop.core.payments.services.sweeping import sweep
from peerloop.core.payments.services.wishes import capture
from tests.factories.payments import Crash
from tests.payments.test_crashes import STEPS, crash
from tests.payments.test_payouts import books, transfers
from tests.payments.test_refunds import give_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(held, ada, ben_account):
    return capture(payment_id=held.pk, by=ada)


def attempt() -> None:
    """The worker sees to the payout, and may die of it."""
    with suppress(Crash):
        finish_payout(payout_id=Payout.objects.get().pk)


def later() -> None:
    """Hours pass."""
    Payout.objects.filter(try_at__isnull=False).update(try_at=timezone.now() - timedelta(hours=2))
    sweep()


@STEPS
@pytest.mark.parametrize("call", ["POST transfers", "GET transfers", "GET payment_intents"])
def test_a_payout_that_was_cut_short_is_sent_once(call, fault, paid, edge):
    edge.fails[call] = fault
    attempt()
    assert Payout.objects.get().status == "due"
    later()
    later()
    payout = Payout.objects.get()
    assert (payout.status, payout.sent, payout.asked, payout.error) == ("sent", 1600, 0, "")
    assert (transfers(), books(paid)["payee"]) == ([(1600, 0)], 1600)


@STEPS
@pytest.mark.parametrize("call", ["POST reversals", "GET transfers"])
def test_a_taking_back_that_was_cut_short_is_done_once(call, fault, paid, root, edge):
    sweep()
    give_back(paid, root, 500)
    edge.fails[call] = fault
    attempt()
    assert Payout.objects.get().reversed == 0
    later()
    later()
    payout = Payout.objects.get()
    assert (payout.status, payout.reversed, payout.asked, payout.error) == ("sent", 400, 0, "")
    assert (transfers(), books(paid)["payee"]) == ([(1600, 400)], 1200)


def test_a_crash_between_the_transfer_and_our_writing_it_down_sends_no_second(paid, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(paying_out, "book", crash)
        attempt()
    assert (Payout.objects.get().status, transfers()) == ("due", [(1600, 0)])
    later()
    assert (Payout.objects.get().status, transfers(), books(paid)["payee"]) == ("sent", [(1600, 0)], 1600)


def test_a_refund_after_such_a_crash_is_taken_back_of_what_was_sent(paid, root, edge):
    """What may have been sent is found first, though less is owed by now, or nothing."""
    edge.fails["POST transfers"] = ("after", Crash())
    attempt()
    give_back(paid, root, 2000)
    later()
    later()
    assert (Payout.objects.get().status, transfers()) == ("reversed", [(1600, 1600)])
    assert books(paid) == {"payer": 0, "site": 0, "payee": 0}


def test_what_only_the_provider_knows_of_is_found_when_books_are_compared(paid, edge):
    edge.fails["POST transfers"] = ("after", Crash())
    attempt()
    first, second = reconcile(), reconcile()
    payout = Payout.objects.get()
    assert first.repaired == [f"{payout.pk}: (0, 0) sent and taken back here, (1600, 0) there"]
    assert (first.unresolved, second.repaired, second.unresolved) == ([], [], [])


def test_what_was_taken_back_at_the_provider_alone_is_found_and_pointed_at(paid):
    sweep()
    transfer = DoubleObject.objects.get(kind="transfer")
    transfer.data["amount_reversed"] = 600
    transfer.save()
    report, payout = reconcile(), Payout.objects.get()
    assert report.repaired == [f"{payout.pk}: (1600, 0) sent and taken back here, (1600, 600) there"]
    assert report.unresolved == [f"{payout.pk}: 1600 owed to the payee, 1000 sent"]


def test_a_transfer_that_is_gone_there_is_pointed_at(paid):
    sweep()
    DoubleObject.objects.filter(kind="transfer").delete()
    payout = Payout.objects.get()
    assert reconcile().unresolved == [f"{payout.pk}: No such transfer: '{payout.transfer_id}'"]


def test_a_refund_that_failed_after_its_part_was_taken_back_is_pointed_at(paid, root):
    sweep()
    made = give_back(paid, root, 500)
    sweep()
    row = DoubleObject.objects.get(pk=made.refund_id)
    row.data["status"] = "failed"
    row.save()
    report, payout = reconcile(), Payout.objects.get()
    assert report.unresolved == [f"{payout.pk}: 1600 owed to the payee, 1200 sent"]
    assert books(paid) == {"payer": -2000, "site": 800, "payee": 1200}
