"""Each push is encrypted for its device and signed by us, and each answer of the push service has its consequence."""

import time
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.http import http_date

from peerloop.core.push import courier, tasks
from peerloop.core.push.models import PushDevice, PushMessage
from peerloop.core.push.services import keys
from peerloop.core.push.services.messages import LEASE, Outgoing, deliver, push, schedule_due
from tests.factories.push import devices

pytestmark = pytest.mark.django_db


def outgoing(user, *, tag="summon:1", seconds=120.0, **about) -> Outgoing:
    until = timezone.now() + timedelta(seconds=seconds)
    return Outgoing(user_id=user.pk, tag=tag, until=until, content={"title": "Ada needs help"}, **about)


def owe(*people, **about) -> PushMessage:
    """Something is owed to these people's devices and nobody has sent it yet; the first of it."""
    push(outgoing=[outgoing(each, **about) for each in people])
    return PushMessage.objects.order_by("pk").first()


def seconds_until(when: datetime) -> float:
    return (when - timezone.now()).total_seconds()


def test_what_leaves_is_readable_by_its_device_alone_and_signed_by_us(ben, push_service, browser_of, settings):
    settings.VAPID_SUBJECT = "mailto:hello@peerloop.example"
    phone, before = browser_of(ben), time.time()
    assert deliver(message_id=owe(ben, is_urgent=True).pk) is True
    assert phone.read == [{"tag": "summon:1", "device": str(phone.device.pk), "title": "Ada needs help"}]
    [received] = push_service.received
    claims = received.claims
    assert (claims["aud"], claims["sub"]) == (push_service.address, "mailto:hello@peerloop.example")
    assert before < claims["exp"] <= time.time() + 24 * 3600
    assert received.signer == keys.public_key()
    assert received.headers["content-encoding"] == "aes128gcm"
    assert 118 <= int(received.headers["ttl"]) <= 120
    assert received.headers["urgency"] == "high"
    assert len(received.headers["topic"]) == 32
    assert b"Ada" not in received.body


def test_the_worker_sends_after_commit_to_every_device_of_the_person_and_to_nobody_else(
    ben, oskar, push_service, browser_of, django_capture_on_commit_callbacks
):
    phone, laptop, other = browser_of(ben), browser_of(ben, "laptop"), browser_of(oskar)
    with django_capture_on_commit_callbacks(execute=True):
        assert push(outgoing=[outgoing(ben)]) == 2
        assert push_service.received == []
    assert sorted(push_service.paths) == ["/ben-laptop", "/ben-phone"]
    assert (len(phone.read), len(laptop.read), other.read) == (1, 1, [])
    assert PushMessage.objects.count() == 0


@pytest.mark.parametrize("status", [200, 201, 202])
def test_what_was_taken_is_owed_no_more(ben, push_service, browser_of, status):
    device = browser_of(ben).device
    PushDevice.objects.update(failing_since=timezone.now())
    push_service.status = status
    assert deliver(message_id=owe(ben).pk) is True
    device.refresh_from_db()
    assert (device.failing_since, device.last_success_at is None) == (None, False)
    assert PushMessage.objects.count() == 0


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_the_service_does_not_know_is_forgotten(ben, push_service, browser_of, status):
    browser_of(ben)
    push_service.status = status
    assert deliver(message_id=owe(ben).pk) is False
    assert (devices(), PushMessage.objects.count()) == ([], 0)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 413])
def test_what_the_service_will_never_take_is_dropped_and_the_device_stays(ben, push_service, browser_of, status):
    device = browser_of(ben).device
    push_service.status, push_service.extra = status, {"Location": f"{push_service.address}/elsewhere"}
    assert deliver(message_id=owe(ben).pk) is False
    device.refresh_from_db()
    assert (device.failing_since is None, PushMessage.objects.count()) == (False, 0)
    assert push_service.paths == ["/ben-phone"]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_service_in_trouble_is_asked_again_with_patience(ben, push_service, browser_of, status):
    device = browser_of(ben).device
    message = owe(ben)
    push_service.status = status
    failing = set()
    for wait in (5, 10, 20):
        PushMessage.objects.update(due_at=timezone.now())
        assert deliver(message_id=message.pk) is False
        message.refresh_from_db()
        device.refresh_from_db()
        assert wait - 2 < seconds_until(message.due_at) <= wait
        failing.add(device.failing_since)
    assert (len(failing), None in failing) == (1, False)
    push_service.status = 201
    PushMessage.objects.update(due_at=timezone.now())
    assert deliver(message_id=message.pk) is True
    device.refresh_from_db()
    assert device.failing_since is None


@pytest.mark.parametrize("later", ["40", lambda: http_date(time.time() + 40)], ids=["seconds", "date"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_service_that_says_when_is_asked_again_then(ben, push_service, browser_of, status, later):
    browser_of(ben)
    message = owe(ben)
    push_service.status, push_service.extra = status, {"Retry-After": later() if callable(later) else later}
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert 37 < seconds_until(message.due_at) <= 40


def test_a_retry_after_that_says_nothing_is_passed_over(ben, push_service, browser_of):
    browser_of(ben)
    message = owe(ben)
    push_service.status, push_service.extra = 429, {"Retry-After": "soon"}
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert 3 < seconds_until(message.due_at) <= 5


def test_what_would_come_too_late_is_not_tried_again(ben, push_service, browser_of):
    browser_of(ben)
    push_service.status, push_service.extra = 503, {"Retry-After": "121"}
    assert deliver(message_id=owe(ben).pk) is False
    assert (PushMessage.objects.count(), devices()) == (0, ["phone"])


def test_a_service_that_does_not_answer_in_time_is_asked_again(ben, push_service, browser_of, monkeypatch):
    device = browser_of(ben).device
    message = owe(ben)
    monkeypatch.setattr(courier, "TIMEOUT", courier.Timeout(connect=1, read=0.2))
    push_service.delay = 1.0
    begun = time.monotonic()
    assert deliver(message_id=message.pk) is False
    assert time.monotonic() - begun < 0.9
    message.refresh_from_db()
    device.refresh_from_db()
    assert 3 < seconds_until(message.due_at) <= 5
    assert device.failing_since is not None


def test_a_service_that_is_not_there_is_asked_again(ben, push_service, browser_of):
    browser_of(ben)
    message = owe(ben)
    PushDevice.objects.update(endpoint="http://127.0.0.1:9/gone")
    assert deliver(message_id=message.pk) is False
    message.refresh_from_db()
    assert (message.attempts, devices()) == (1, ["phone"])


def test_the_job_twice_and_the_sweep_twice_send_once(ben, push_service, browser_of):
    browser_of(ben)
    message = owe(ben)
    for _ in range(2):
        tasks.push_message(str(message.pk))
        tasks.push_due_messages()
    assert push_service.paths == ["/ben-phone"]


def test_a_lost_job_is_finished_by_the_sweep(ben, mei, push_service, browser_of):
    browser_of(ben), browser_of(mei)
    owe(ben, mei)
    assert schedule_due() == 2
    assert sorted(push_service.paths) == ["/ben-phone", "/mei-phone"]


def test_a_broker_that_is_away_costs_nobody_the_push(
    ben, push_service, browser_of, monkeypatch, django_capture_on_commit_callbacks
):
    browser_of(ben)

    def away(*args):
        raise ConnectionError

    with monkeypatch.context() as broken, django_capture_on_commit_callbacks(execute=True):
        broken.setattr(tasks.push_messages, "delay", away)
        push(outgoing=[outgoing(ben)])
    assert push_service.received == []
    assert (schedule_due(), push_service.paths) == (1, ["/ben-phone"])


def test_what_a_killed_worker_had_claimed_is_sent_once_its_lease_is_over(ben, push_service, browser_of):
    browser_of(ben)
    message, claimed = owe(ben), timezone.now() + LEASE
    PushMessage.objects.update(due_at=claimed)
    assert (schedule_due(), deliver(message_id=message.pk)) == (0, False)
    PushMessage.objects.update(due_at=claimed - LEASE)
    assert (schedule_due(), push_service.paths) == (1, ["/ben-phone"])


def test_what_is_of_no_use_any_more_is_not_sent(ben, push_service, browser_of):
    browser_of(ben)
    message = owe(ben, seconds=-1)
    assert deliver(message_id=message.pk) is False
    assert (push_service.received, PushMessage.objects.count()) == ([], 0)


def test_a_later_one_of_the_same_tag_takes_the_place_of_one_that_waits(ben, mei, browser_of):
    phone, others = browser_of(ben), browser_of(mei)
    owe(ben, mei)
    later = outgoing(ben)
    later.content["title"] = "Taken"
    push(outgoing=[later, outgoing(ben, tag="summon:2")])
    schedule_due()
    assert sorted((each["tag"], each["title"]) for each in phone.read) == [
        ("summon:1", "Taken"),
        ("summon:2", "Ada needs help"),
    ]
    assert [each["title"] for each in others.read] == ["Ada needs help"]


def test_what_replaced_a_message_while_it_was_sent_still_leaves(ben, push_service, browser_of):
    phone = browser_of(ben)
    message = owe(ben)
    later = outgoing(ben)
    later.content["title"] = "Taken"
    # A connection of the server's thread would see nothing of this test's transaction: ours writes in its stead.
    sent = courier.post
    replaced = []

    def post(**given):
        reply = sent(**given)
        if not replaced:
            replaced.append(push(outgoing=[later]))
        return reply

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(courier, "post", post)
        deliver(message_id=message.pk)
    schedule_due()
    assert [each["title"] for each in phone.read] == ["Ada needs help", "Taken"]


@pytest.mark.parametrize("count", [1, 50])
def test_pushing_to_fifty_takes_as_many_queries_as_to_one(ada, count, django_assert_num_queries):
    from tests.factories.people import person

    people = [person(f"crowd-{number}") for number in range(count)]
    PushDevice.objects.bulk_create(
        PushDevice(user=each, endpoint=f"https://push.example/{each.pk}", label="phone") for each in people
    )
    # a savepoint, the devices, what waits of this topic, the new ones, and the savepoint's end
    with django_assert_num_queries(5):
        assert push(outgoing=[outgoing(each) for each in people]) == count
