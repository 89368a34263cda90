"""What a helper gets of a paid session, where the site pays out, and what they read of its payment."""

import pytest

from helpdesk.requests.services.holding import complete_session
from peerloop.core.payments.models import Payout
from tests.factories.payments import account_of
from tests.factories.requests import payment_for

pytestmark = pytest.mark.django_db


def test_the_helper_who_completed_it_is_its_payee(pays_out, completed, dispatched, duty):
    payout = Payout.objects.get()
    assert (payout.payment, payout.payee, payout.amount) == (payment_for(dispatched), duty, 1600)
    assert payment_for(dispatched).payee == duty


def test_an_account_that_works_is_sent_its_part_by_the_same_worker(pays_out, duty, begun, committed, dispatched):
    account_of(duty)
    committed(complete_session, session_id=begun.pk, outcome="resolved", notes="", by=duty)
    assert [each.status for each in Payout.objects.all()] == ["sent"]


def test_without_payouts_the_helper_is_noted_and_nothing_is_owed(completed, dispatched, duty, as_user):
    assert (payment_for(dispatched).payee, Payout.objects.count()) == (duty, 0)
    assert 'href="/payouts"' not in as_user(duty).get(f"/helper/session/{completed.pk}").content.decode()


def test_the_completed_session_leads_its_helper_to_the_payouts_and_nobody_else(
    pays_out, completed, dispatched, duty, ada, as_user
):
    assert 'href="/payouts"' in as_user(duty).get(f"/helper/session/{completed.pk}").content.decode()
    for where in (f"/customer/session/{completed.pk}", f"/payments/{payment_for(dispatched).pk}"):
        text = as_user(ada).get(where).content.decode()
        assert ("$20.00" in text, 'href="/payouts"' in text, "$16.00" in text) == (True, False, False)
