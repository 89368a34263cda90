"""Everybody at one moment: one account, one transfer, one taking back."""

from uuid import uuid4

import pytest

from peerloop.core.payments.models import DoubleObject, Payout, PayoutAccount
from peerloop.core.payments.services.onboarding import set_up_payouts
from peerloop.core.payments.services.paying_out import finish_payout
from peerloop.core.payments.services.refunds import refund
from peerloop.core.payments.services.sweeping import sweep
from peerloop.core.payments.services.wishes import capture
from tests.factories.payments import BACK
from tests.payments.test_payouts import books, transfers
from tests.races.test_summons import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def due(held, ada, ben, ben_account):
    """Ben's part of what Ada paid, whose account began to work without our hearing: nobody has tried to send it."""
    PayoutAccount.objects.update(is_ready=False)
    capture(payment_id=held.pk, by=ada)
    PayoutAccount.objects.update(is_ready=True)
    return Payout.objects.get()


def test_sweeps_at_one_barrier_send_one_transfer(due):
    assert at_once([sweep] * 6) == [None] * 6
    assert (transfers(), books(due.payment)) == ([(1600, 0)], {"payer": -2000, "site": 400, "payee": 1600})
    assert due.payment.events.filter(what="paid_out").count() == 1


def test_a_payout_seen_to_by_ten_at_once_is_sent_once(due):
    assert set(at_once([lambda: finish_payout(payout_id=due.pk).status] * 10)) == {"sent"}
    assert (transfers(), books(due.payment)["payee"]) == ([(1600, 0)], 1600)


def test_refunds_and_sweeps_at_one_barrier_take_back_what_was_refunded(due, root):
    finish_payout(payout_id=due.pk)
    give_back = {"payment_id": due.payment_id, "amount": 500, "reason": "", "by": root}
    at_once([lambda: refund(refund_id=uuid4(), **give_back), sweep] * 3)
    sweep()
    assert (transfers(), books(due.payment)) == ([(1600, 1200)], {"payer": -500, "site": 100, "payee": 400})


def test_a_refund_against_the_sending_leaves_what_is_owed(due, root):
    give_back = {"payment_id": due.payment_id, "amount": 500, "reason": "", "by": root}
    at_once([lambda: refund(refund_id=uuid4(), **give_back), lambda: finish_payout(payout_id=due.pk)] * 2)
    sweep()
    assert sum(sent - back for sent, back in transfers()) == 800
    assert books(due.payment) == {"payer": -1000, "site": 200, "payee": 800}


def test_ten_presses_at_once_make_one_account(pays_out, edge, ben):
    at_once([lambda: set_up_payouts(by=ben, return_url=BACK, refresh_url=BACK)] * 10)
    assert DoubleObject.objects.get(kind="account").pk == PayoutAccount.objects.get().account_id
