"""The worker is killed while a session ends: the money is taken once, by the one that follows it."""

import pytest

from helpdesk.sessions.queries import completed_by
from peerloop.core.payments.models import DoubleObject, PaymentEntry
from tests.factories.requests import how_it_stands
from tests.support.desk import Program
from tests.support.processes import wait_until
from tests.support.site import FAST, running_site

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
DONE = ("resolved", "captured", "resolved")


@pytest.mark.covers("SESS-09")
def test_a_session_that_ends_without_a_worker_is_paid_for_once(dispatched, begun, duty, tmp_path):
    with running_site(tmp_path, **FAST) as site:
        site.kill("celery -A peerloop --quiet worker")
        bens, at = Program(duty), f"/api/help/sessions/{begun.pk}/outcome"
        assert [bens.post(site, at, outcome="resolved")[1]["status"] for _ in range(2)] == ["ended", "ended"]
        wait_until(lambda: how_it_stands(dispatched) == DONE, seconds=60)
    assert sorted(PaymentEntry.objects.values_list("amount", flat=True)) == [-2000, 2000]
    assert DoubleObject.objects.filter(data__type="payment_intent.succeeded").count() == 1
    assert completed_by(duty) == 1
