"""A web process is killed with everybody who was on it."""

import signal
import time

import pytest
from django.conf import settings

from chat.queries import online_helpers
from peerloop.core.presence.leases import SECONDS_BETWEEN_RENEWALS
from tests.support.site import FAST, web_process
from tests.support.wire import Wire

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

LEASE = settings.PEERLOOP.PRESENCE_GRACE_SECONDS + SECONDS_BETWEEN_RENEWALS


@pytest.mark.covers("CHAT-80", "CHAT-81")
def test_nobody_of_a_killed_process_stays_online(ada, ben, room, web, tmp_path):
    with Wire(web, room, ada) as adas:
        adas.next("presence")
        with web_process(tmp_path, **FAST) as second, Wire(second, room, ben) as bens:
            bens.next("presence")
            adas.until(lambda: adas.heard[-1].get("user", {}).get("id") == str(ben.pk))
            assert [each.user for each in online_helpers(room.pk)] == [ben]
            bens.send(type="typing")
            adas.next("typing")
            second.process.send(signal.SIGKILL)
            killed = time.monotonic()
            left = adas.next("user_left", seconds=LEASE + 10)
        assert left["user_id"] == str(ben.pk)
        assert time.monotonic() - killed < LEASE + 3
        assert online_helpers(room.pk) == []
