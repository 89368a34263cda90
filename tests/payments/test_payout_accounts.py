"""A payee's account at the provider: made once, filled in there, and as the provider says."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from peerloop.core.notifications.models import Notification
from peerloop.core.payments import errors
from peerloop.core.payments.double import accounts
from peerloop.core.payments.double.answers import wrong
from peerloop.core.payments.models import DoubleObject, PayoutAccount, WebhookDelivery
from peerloop.core.payments.services.onboarding import come_back, look_at_account, set_up_payouts
from peerloop.core.payments.services.sweeping import sweep
from peerloop.core.payments.services.testing import finish_account
from tests.factories.payments import BACK, OFFLINE, account_of, ask_owner, signed
from tests.payments.test_webhooks import post, tell

pytestmark = pytest.mark.django_db


def set_up(person) -> str:
    return set_up_payouts(by=person, return_url=BACK, refresh_url=BACK)


def happened(account) -> list[dict]:
    rows = DoubleObject.objects.filter(kind="event", data__type="account.updated").order_by("created_at")
    return [row.data for row in rows if row.data["data"]["object"]["id"] == account.account_id]


def told(person) -> list[str]:
    own = Notification.objects.filter(recipient=person, kind="payment").order_by("pk")
    return [each.data["what"] for each in own]


def test_pressing_twice_makes_one_account_and_leads_to_it_twice(pays_out, edge, ben):
    assert {set_up(ben), set_up(ben)} == {f"http://testserver/payouts/test/{PayoutAccount.objects.get().account_id}"}
    assert DoubleObject.objects.filter(kind="account").count() == 1
    account = PayoutAccount.objects.get()
    assert (account.person, account.provider, account.is_ready, account.is_submitted) == (ben, "test", False, False)
    assert account.asks == accounts.ASKED


@pytest.mark.parametrize("fault", [("after", OFFLINE), ("before", OFFLINE), ("before", 500)])
def test_an_account_whose_making_was_cut_short_is_made_once(fault, pays_out, edge, ben):
    edge.fails["POST accounts"] = fault
    with pytest.raises(errors.ProviderSilent):
        set_up(ben)
    set_up(ben)
    account = PayoutAccount.objects.get()
    assert DoubleObject.objects.get(kind="account").pk == account.account_id


def test_what_is_finished_there_works_here_and_tells_nobody_again(pays_out, edge, ben):
    account = account_of(ben)
    assert (account.is_ready, account.is_submitted, account.asks) == (True, True, [])
    assert come_back(by=ben).is_ready
    assert told(ben) == []


def test_who_comes_back_early_goes_on_later(pays_out, edge, ben):
    account = account_of(ben, is_finished=False)
    assert (account.is_ready, account.asks) == (False, accounts.ASKED)
    assert come_back(by=ben).asks == accounts.ASKED


def test_nobody_finishes_the_account_of_another(pays_out, edge, ben, oskar):
    account = account_of(ben, is_finished=False)
    with pytest.raises(errors.NoSuchPayout):
        finish_account(account_id=account.account_id, by=oskar)
    assert not look_at_account(account_id=account.account_id).is_ready


def test_while_payouts_are_off_no_account_is_made(edge, ben):
    for verb in (lambda: set_up(ben), lambda: come_back(by=ben)):
        with pytest.raises(errors.PayoutsOff):
            verb()
    assert (PayoutAccount.objects.count(), edge.calls) == (0, [])


def test_a_site_that_may_open_no_accounts_says_so_and_can_be_asked_again(pays_out, edge, ben):
    edge.fails["POST accounts"] = ("before", wrong("platform_account_required", "Your platform needs approval."))
    with pytest.raises(errors.PayoutsRefused, match="Your platform needs approval"):
        set_up(ben)
    assert set_up(ben) == f"http://testserver/payouts/test/{PayoutAccount.objects.get().account_id}"


def test_the_provider_tells_that_it_works_in_any_order_and_twice(pays_out, edge, ben):
    account = account_of(ben, is_finished=False)
    finish_account(account_id=account.account_id, by=ben)
    events = happened(account)
    assert [tell(each) for each in (*reversed(events), *events)] == [204] * 4
    account.refresh_from_db()
    assert (len(events), account.is_ready) == (2, True)


def test_one_changed_byte_of_what_it_tells_is_refused(pays_out, edge, ben):
    account = account_of(ben, is_finished=False)
    finish_account(account_id=account.account_id, by=ben)
    body, signature = signed(happened(account)[-1])
    assert post(body.replace("true", "True", 1), signature) == 400
    account.refresh_from_db()
    assert not account.is_ready
    assert post(body, signature) == 204


def test_the_second_webhook_has_a_secret_of_its_own(pays_out, edge, ben, settings):
    account = account_of(ben, is_finished=False)
    finish_account(account_id=account.account_id, by=ben)
    event = happened(account)[-1]
    assert tell(event, secret="whsec_connect") == 400
    settings.STRIPE_CONNECT_WEBHOOK_SECRET = "whsec_connect"
    assert tell(event, secret="whsec_connect") == 204
    account.refresh_from_db()
    assert account.is_ready


def test_an_account_of_somebody_else_is_taken_and_left(edge):
    thing = {"id": "acct_other", "object": "account"}
    assert tell({"id": "evt_1", "object": "event", "type": "account.updated", "data": {"object": thing}}) == 204
    assert edge.calls == []


def test_an_account_that_stops_working_is_told_once_with_the_way_there(ben_account, ben):
    ask_owner(ben_account, "individual.verification.document")
    for _ in range(2):
        look_at_account(account_id=ben_account.account_id)
    notice = Notification.objects.get(recipient=ben, kind="payment")
    assert (notice.data["what"], notice.target) == ("payout_asks", reverse("payouts"))
    assert notice.title == "The payment service asks you for details before it sends more"


def test_what_could_not_be_looked_up_is_done_by_the_sweep(pays_out, edge, ben):
    account = account_of(ben, is_finished=False)
    finish_account(account_id=account.account_id, by=ben)
    edge.fails["GET accounts"] = ("before", OFFLINE)
    assert tell(happened(account)[-1]) == 204
    assert (WebhookDelivery.objects.get().done_at, WebhookDelivery.objects.get().error) == (None, "No way out")
    WebhookDelivery.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    sweep()
    account.refresh_from_db()
    assert (account.is_ready, WebhookDelivery.objects.filter(done_at=None).count()) == (True, 0)
