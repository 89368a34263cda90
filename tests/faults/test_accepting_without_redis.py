"""Redis is away when a helper accepts: the database alone decides, and the helper is let in."""

import pytest
from redis.connection import AbstractConnection
from redis.exceptions import ConnectionError as Away

from helpdesk.models import HelpSession, HelpSummons
from helpdesk.summons.services.tickets import accept_with_ticket
from helpdesk.summons.tickets import ticket_of
from peerloop.core.flags.models import Flag
from tests.factories.helpdesk import helpers_of
from tests.factories.push import device_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def without_redis(monkeypatch):
    def away(*given, **named):
        raise Away("Redis is away")

    return lambda: monkeypatch.setattr(AbstractConnection, "send_packed_command", away)


@pytest.mark.parametrize("chosen", [False, True], ids=["for everybody", "for some"])
def test_a_helper_accepts_on_the_page(summons, helper, course, as_user, without_redis, chosen):
    if chosen:
        flag = Flag.objects.get(name="summon_help")
        flag.everyone, flag.percent = False, 0
        flag.save()
        flag.people.add(helper)
    client, late = as_user(helper), as_user(helpers_of(course, 1)[0])
    without_redis()
    answer = client.post(f"/summons/{summons.pk}/acceptance")
    assert (answer.status_code, answer["Location"]) == (302, f"/summons/{summons.pk}")
    assert client.get(answer["Location"]).status_code == 200
    assert HelpSession.objects.get().helper == helper
    refused = late.post(f"/summons/{summons.pk}/acceptance")
    assert refused.status_code == (404 if chosen else 409)


def test_a_helper_accepts_beside_a_push(summons, helper, without_redis):
    offer, device = summons.offers.get(), device_of(helper)
    without_redis()
    assert accept_with_ticket(ticket=ticket_of(offer), device_id=device.pk).responder == helper
    assert HelpSummons.objects.get().status == "accepted"
