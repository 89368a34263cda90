"""Help requests, paid and free: rows in any state, and a paid one on its way."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from helpdesk.models import Claim, HelpRequest, HelpSession
from helpdesk.requests.queries.paid import payment_of
from helpdesk.requests.services.claiming import claim_request
from helpdesk.requests.services.holding import complete_session, start_session
from helpdesk.requests.services.requesting import request_paid_help
from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import set_role, system
from peerloop.core.payments.models import Payment
from peerloop.core.presence.services import set_availability
from tests.factories.payments import VISA, pay
from tests.factories.people import person

DESCRIPTION = "My paint dries too fast.\nI tried thinning it with water."


def free_request(requester: User, **fields: Any) -> HelpRequest:
    """A free request as it stands in the table."""
    about = {"title": "My paint dries too fast", "description": DESCRIPTION, "category": "painting", **fields}
    return HelpRequest.objects.create(requester=requester, **about)


def paid_request(requester: User, **fields: Any) -> HelpRequest:
    """A paid one, authorised and dispatched, without a payment behind it."""
    now = timezone.now()
    about = {
        "amount": 2000,
        "payment_intent_id": "pi_there",
        "payment_status": "authorized",
        "dispatched_at": now,
        "expires_at": now + timedelta(hours=24),
        **fields,
    }
    return free_request(requester, **about)


def on_duty(user: User) -> User:
    """A helper who is switched to available."""
    set_role(user=user, role=User.Role.HELPER, by=system())
    user.refresh_from_db()
    set_availability(user=user, available=True, by=user)
    return user


def helpers_on_duty(count: int) -> list[User]:
    """So many more of them."""
    return [on_duty(person(f"helper-{number}")) for number in range(count)]


def ask(by: User, *, amount: int = 2000, **more: Any) -> HelpRequest:
    """A paid request whose money is not on hold yet."""
    about = {"category": "painting", "description": DESCRIPTION, "amount": amount, **more}
    return request_paid_help(by=by, **about)


def put_on_hold(request: HelpRequest, *, card: str = VISA) -> HelpRequest:
    """The customer gives a card on the payment's page."""
    pay(payment_for(request), request.requester, card)
    return HelpRequest.objects.get(pk=request.pk)


def payment_for(request: HelpRequest) -> Payment:
    payment = payment_of(request.pk)
    assert payment is not None
    return payment


def reread(request: HelpRequest) -> HelpRequest:
    return HelpRequest.objects.get(pk=request.pk)


def claim_on(request: HelpRequest) -> Claim:
    """The latest claim of a request."""
    return Claim.objects.with_all().filter(request=request).latest("pk")


def let_claim_run_out(request: HelpRequest) -> Claim:
    Claim.objects.live().filter(request=request).update(start_by=timezone.now() - timedelta(seconds=1))
    return claim_on(request)


def let_request_run_out(request: HelpRequest) -> None:
    HelpRequest.objects.filter(pk=request.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def how_it_stands(request: HelpRequest) -> tuple[str, str, str]:
    """Its status, what the customer knows of the money, and why it is over."""
    now = reread(request)
    return now.status, now.payment_status, now.ending


@pytest.fixture
def duty(ben, nobody_here) -> User:
    """Ben, a helper who is switched to available."""
    return on_duty(ben)


@pytest.fixture
def asked(ada, duty, edge) -> HelpRequest:
    """Ada has asked for $20; no card yet."""
    return ask(ada)


@pytest.fixture
def dispatched(asked, committed) -> HelpRequest:
    """Her money is on hold, and Ben has a notice."""
    return committed(put_on_hold, request=asked)


@pytest.fixture
def waiting(dispatched, duty, committed) -> HelpSession:
    """Ben has taken it; his session waits to be started."""
    return committed(claim_request, request_id=dispatched.pk, by=duty)


@pytest.fixture
def begun(waiting, duty, committed) -> HelpSession:
    """The session goes on."""
    return committed(start_session, session_id=waiting.pk, by=duty)


@pytest.fixture
def completed(begun, duty, committed) -> HelpSession:
    """Ben has ended it, and the money is taken."""
    return committed(complete_session, session_id=begun.pk, outcome="resolved", notes="Wet palette.", by=duty)
