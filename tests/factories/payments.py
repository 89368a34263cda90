"""Something to pay for, and the edge between Stripe's library and the test provider, where calls can fail."""

import json
from unittest.mock import patch
from uuid import uuid4

import pytest
import stripe

from peerloop.core.payments import gateway
from peerloop.core.payments.double import accounts, client
from peerloop.core.payments.double.answers import Fault
from peerloop.core.payments.double.client import Double
from peerloop.core.payments.models import DoubleObject, Payment, PayoutAccount
from peerloop.core.payments.purposes import Purpose, purposes
from peerloop.core.payments.services.onboarding import come_back, set_up_payouts
from peerloop.core.payments.services.opening import authorise, open_payment
from peerloop.core.payments.services.testing import finish_account

BACK = "http://testserver/back"
VISA, DECLINED, POOR = "pm_card_visa", "pm_card_visa_chargeDeclined", "pm_card_visa_chargeDeclinedInsufficientFunds"
CHECKED = "pm_card_authenticationRequiredOnSetup"
CHECKED_POOR = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"


class Crash(BaseException):
    """The process is gone: nothing catches it."""


class Edge(Double):
    """Passes calls on to the double. `fails[ending of the path]` says what happens instead, once: when, and what."""

    fails: dict[str, tuple[str, object]] = {}
    calls: list[str] = []

    def request(self, method, url, headers, post_data=None, **about):
        path = url.split("?")[0].split("/v1/")[1]
        self.calls.append(f"POST {path.rsplit('/', 1)[-1]}" if method == "post" else f"GET {path.split('/')[0]}")
        when, what = self.fails.pop(self.calls[-1], ("", None))
        if isinstance(what, int | Fault):  # an error that is kept for its key, as Stripe does it
            sorry = {"side_effect": Fault(what, "api_error", "", "Sorry") if isinstance(what, int) else what}
            with patch.object(client, "_done", **sorry), patch.object(client, "_read", **sorry):
                return super().request(method, url, headers, post_data, **about)
        if when == "before":
            raise what
        answer = super().request(method, url, headers, post_data, **about)
        if when == "after":
            raise what
        return answer


OFFLINE = stripe.APIConnectionError("No way out", should_retry=False)


@pytest.fixture
def edge(monkeypatch):
    monkeypatch.setattr(Edge, "fails", {})
    monkeypatch.setattr(Edge, "calls", [])
    monkeypatch.setattr(gateway.speaking, "http_client", Edge)
    return Edge


@pytest.fixture
def heard(monkeypatch) -> list[str]:
    """What the purpose "lesson" was told, in order."""
    told: list[str] = []
    names = ("authorised", "captured", "released", "expired", "expiring", "refunded", "refund_failed")
    calls = {name: lambda _, name=name: told.append(name) for name in names}
    lesson = Purpose(name="lesson", label="A lesson", least=500, most=100_000, target=lesson_page, **calls)
    monkeypatch.setitem(purposes._things, "lesson", lesson)
    return told


def lesson_page(payment: Payment) -> str:
    return f"/lessons/{payment.subject_id}"


@pytest.fixture
def opened(heard, edge, ada, ben) -> Payment:
    """Ada is to pay $20 for a lesson by Ben."""
    return open_payment(purpose="lesson", subject_id=uuid4(), amount=2000, payee_id=ben.pk, by=ada)


@pytest.fixture
def held(opened, ada) -> Payment:
    """Ada's $20 are on hold."""
    return pay(opened, ada)


@pytest.fixture
def pays_out(settings) -> None:
    """Payees get 80 per cent."""
    settings.PAYOUT_PERCENT = 80


@pytest.fixture
def ben_account(pays_out, edge, ben) -> PayoutAccount:
    """Ben's account at the provider works."""
    return account_of(ben)


def account_of(person, *, is_finished: bool = True) -> PayoutAccount:
    set_up_payouts(by=person, return_url=BACK, refresh_url=BACK)
    account = PayoutAccount.objects.get(person=person)
    if is_finished:
        finish_account(account_id=account.account_id, by=person)
    return come_back(by=person)


def ask_owner(account: PayoutAccount, *asks: str) -> None:
    """The provider asks the account's owner for something, and sends nothing to it before it has that."""
    accounts.ask(account.account_id, list(asks))


def pay(payment: Payment, by, card: str = VISA) -> Payment:
    return authorise(payment_id=payment.pk, card=card, return_url=BACK, by=by)[0]


def end_hold(payment: Payment, *, at: int = 0) -> None:
    """The hold's time at the provider is over, or ends `at` that second."""
    charge = DoubleObject.objects.get(kind="charge", data__payment_intent=payment.intent_id)
    charge.data["payment_method_details"]["card"]["capture_before"] = at
    charge.save()


def signed(event: dict, *, secret: str = "", at: int | None = None) -> tuple[str, str]:
    """An event as the provider sends it: its body and its signature."""
    body = json.dumps(event)
    sign = stripe.WebhookSignature.generate_signature_header
    return body, sign(body, secret or gateway.webhook_secret(), at)


def events_of(payment: Payment) -> list[dict]:
    """What the provider would have sent about this payment, in order."""
    rows = DoubleObject.objects.filter(kind="event").order_by("created_at")
    mine = [row.data for row in rows]
    return [
        each
        for each in mine
        if payment.intent_id in (each["data"]["object"]["id"], each["data"]["object"].get("payment_intent"))
    ]
