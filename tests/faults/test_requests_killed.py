"""Web and worker are killed while a paid request goes its way: each step is done once, and the money is taken once."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest

from helpdesk.models import Claim, HelpSession
from helpdesk.sessions.queries import completed_by
from peerloop.core.accounts.models import User
from peerloop.core.notifications.models import Notification
from peerloop.core.payments.models import DoubleObject, PaymentEntry
from tests.factories.payments import VISA
from tests.factories.requests import how_it_stands, payment_for
from tests.support.browsers import session
from tests.support.desk import SECRET, Program
from tests.support.processes import wait_until
from tests.support.site import FAST, Site, running_site

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
ON_HOLD, TAKEN, DONE = (
    ("open", "authorized", ""),
    ("in_progress", "authorized", ""),
    ("resolved", "captured", "resolved"),
)
# Long enough for an answer to be under way, or given: the web process is killed at another moment each time.
LATEST = 0.3


def cut_off(site: Site, ask: Callable[[], Any]) -> Any:
    """Have web killed while it answers, and ask again as soon as it is back: what it answers then."""
    with ThreadPoolExecutor(1) as other, suppress(Exception):
        answer = other.submit(ask)
        time.sleep(random.uniform(0, LATEST))
        site.kill("manage.py serve")
        answer.result()
    site.wait_for("/readyz")
    return ask()


def card_of(user: User, path: str) -> Callable[[Site], int]:
    """Puts the money on hold by the form of the payment's page; gives the answer's status."""
    headers = {"Cookie": f"sessionid={session(user)}; csrftoken={SECRET}", "X-CSRFToken": SECRET}
    headers["Content-Type"] = "application/x-www-form-urlencoded"

    def give(site: Site) -> int:
        line = HTTPConnection("127.0.0.1", site.port, timeout=60)
        try:
            line.request("POST", path, urlencode({"card": VISA}), headers)
            return line.getresponse().status
        finally:
            line.close()

    return give


@pytest.mark.covers("SESS-09")
def test_a_session_is_held_and_paid_for_once_though_web_is_killed_at_every_step_and_no_worker_runs_at_its_end(
    asked, ada, duty, tmp_path
):
    bens, give_card = Program(duty), card_of(ada, f"/payments/{payment_for(asked).pk}")
    with running_site(tmp_path, **FAST) as site:
        assert cut_off(site, lambda: give_card(site)) < 500
        wait_until(lambda: how_it_stands(asked) == ON_HOLD, seconds=60)
        assert Notification.objects.filter(recipient=duty, kind="new_request").count() == 1
        status, claimed = cut_off(site, lambda: bens.post(site, f"/api/help/requests/{asked.pk}/claim"))
        assert (status, claimed["status"], how_it_stands(asked)) == (200, "waiting", TAKEN)
        at = f"/api/help/sessions/{claimed['id']}"
        status, begun = cut_off(site, lambda: bens.post(site, f"{at}/start"))
        assert (status, begun["status"]) == (200, "active")
        site.kill("celery -A peerloop --quiet worker")
        status, ended = cut_off(site, lambda: bens.post(site, f"{at}/outcome", outcome="resolved"))
        assert (status, ended["status"]) == (200, "ended")
        wait_until(lambda: how_it_stands(asked) == DONE, seconds=60)
    assert (Claim.objects.count(), HelpSession.objects.count(), completed_by(duty)) == (1, 1, 1)
    assert sorted(PaymentEntry.objects.values_list("amount", flat=True)) == [-2000, 2000]
    for told in ("payment_intent.amount_capturable_updated", "payment_intent.succeeded"):
        assert DoubleObject.objects.filter(data__type=told).count() == 1
