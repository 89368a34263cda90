"""Twenty at once, each on a connection of its own: one key, one sending, one device."""

from datetime import timedelta

import pytest
from django.utils import timezone

from peerloop.core.push.models import PushDevice, PushMessage, VapidKey
from peerloop.core.push.services import keys
from peerloop.core.push.services.messages import deliver
from tests.races.test_goodwill import THREADS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_twenty_that_start_at_once_all_have_the_same_key():
    VapidKey.objects.all().delete()
    assert set(at_once([keys.private_key] * THREADS)) == {VapidKey.objects.get().private}


def test_one_push_claimed_by_twenty_workers_leaves_once(ben, push_service, browser_of):
    until = timezone.now() + timedelta(minutes=1)
    message = PushMessage.objects.create(device=browser_of(ben).device, topic="a", content={}, expires_at=until)
    outcomes = at_once([lambda: deliver(message_id=message.pk)] * THREADS)
    assert (outcomes.count(True), push_service.paths) == (1, ["/ben-phone"])


def test_a_browser_that_says_it_twenty_times_is_one_device(ben, browser_of):
    outcomes = at_once([lambda: browser_of(ben).endpoint] * THREADS)
    assert (len(set(outcomes)), PushDevice.objects.count()) == (1, 1)
