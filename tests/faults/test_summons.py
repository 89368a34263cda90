"""Servers and workers are killed while somebody waits for help."""

import signal
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from helpdesk.models import HelpSummons
from helpdesk.summons.services.calling import request_help
from peerloop.core.presence.services import set_availability
from tests.faults.conftest import FAST
from tests.faults.test_killed_web import LEASE
from tests.support.site import running_site, web_process
from tests.support.wire import Wire

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.mark.covers("HELP-119", "HELP-120")
def test_a_helper_of_a_killed_process_is_not_offered_any_more(ada, ben, course, web, nobody_here, tmp_path):
    ben.refresh_from_db()
    set_availability(user=ben, available=True, by=ben)
    modal = f"/api/help/available?course_id={course.pk}"
    with Wire(web, None, ada, path="/api/me/connect"), Wire(web, course, ada, path=modal) as adas:
        adas.next("helpers_available", count=0)
        with web_process(tmp_path, **FAST) as second, Wire(second, None, ben, path="/api/me/connect"):
            adas.next("helpers_available", count=1)
            second.process.send(signal.SIGKILL)
            killed = time.monotonic()
            adas.next("helpers_available", seconds=LEASE + 10, count=0)
        assert time.monotonic() - killed < LEASE + 3


@pytest.mark.covers("HELP-124", "HELP-65")
@pytest.mark.parametrize("victim", ["worker", "beat"])
def test_a_summons_runs_out_once_though_the_process_that_should_close_it_is_killed(
    victim, ada, course, helper, tmp_path
):
    with running_site(tmp_path, **FAST) as site:
        summons = request_help(course_id=course.pk, by=ada)
        deadline = timezone.now() + timedelta(seconds=3)
        HelpSummons.objects.update(expires_at=deadline)
        with Wire(site, summons, ada, path=f"/api/help/connect?request_id={summons.pk}") as adas:
            adas.next("helpers_available")
            site.kill(f"celery -A peerloop --quiet {victim}")
            adas.next("timeout", seconds=30)
            adas.listen(7)
    stored = HelpSummons.objects.get()
    assert [each["type"] for each in adas.heard].count("timeout") == 1
    assert (stored.status, stored.closed_at > deadline) == ("timed_out", True)
