"""A notice on the devices of its person: once, as they chose, and closed again when it is over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from peerloop.core.notifications.kinds import Action, Kind, Push, kinds
from peerloop.core.notifications.models import Notification
from peerloop.core.notifications.pushes import send_due_pushes, send_pushes
from peerloop.core.notifications.services import mark_as_read, set_preferences, withdraw
from peerloop.core.notifications.tasks import push_due_notifications, push_notifications
from peerloop.core.push.models import PushMessage
from peerloop.core.push.services.messages import schedule_due
from tests.factories.push import devices

pytestmark = pytest.mark.django_db


def in_two_minutes(notification) -> Push:
    return Push(
        until=notification.created_at + timedelta(minutes=2),
        url="/elsewhere",
        actions=(Action(name="accept", label="Accept", address="/offers/1"),),
        is_urgent=True,
    )


@pytest.fixture(autouse=True)
def alarm(declared, monkeypatch):
    """A kind that is pushed unless somebody chose otherwise, and can be answered on the lock screen."""
    kind = Kind(name="alarm", label="Alarms", title="{by} calls", push_default=True, push=in_two_minutes)
    monkeypatch.setitem(kinds._things, "alarm", kind)


@pytest.fixture
def due(ben, tell, browser_of):
    """A notice for Ben, who has a phone, that is owed to it and that nobody has sent yet."""
    browser_of(ben)
    [row] = tell(ben, kind="alarm", key="thing:1", description="Soon.")
    return row


def test_the_worker_pushes_after_commit_what_is_pushed_unless_chosen_otherwise(
    ben,
    push_service,
    browser_of,
    tell,
    django_capture_on_commit_callbacks,
):
    phone = browser_of(ben)
    with django_capture_on_commit_callbacks(execute=True):
        [row] = tell(ben, kind="alarm", key="thing:1", description="Soon.")
        tell(ben, kind="news")
        assert push_service.received == []
    assert phone.read == [
        {
            "tag": "thing:1",
            "device": str(phone.device.pk),
            "title": "Ada Lind calls",
            "body": "Soon.",
            "url": "/elsewhere",
            "icon": "/static/ui/icon-192.png",
            "stays": True,
            "actions": [{"name": "accept", "label": "Accept", "address": "/offers/1"}],
        }
    ]
    [received] = push_service.received
    assert 110 < int(received.headers["ttl"]) <= 120
    row.refresh_from_db()
    assert (row.push_due_at, row.pushed_at is None) == (None, False)


def test_a_plain_notice_leads_to_its_page_and_is_of_use_for_a_day(
    ben,
    push_service,
    browser_of,
    tell,
    django_capture_on_commit_callbacks,
):
    phone = browser_of(ben)
    set_preferences(user=ben, choices={("news", "push"): True}, by=ben)
    with django_capture_on_commit_callbacks(execute=True):
        [row] = tell(ben)
    [read] = phone.read
    assert (read["tag"], read["url"], read["actions"]) == (str(row.pk), f"/notifications/{row.pk}/open", [])
    assert 86000 < int(push_service.received[0].headers["ttl"]) <= 86400
    assert push_service.received[0].headers["urgency"] == "normal"


@pytest.mark.parametrize(
    ("site", "email", "push", "rows"),
    [
        (True, False, False, [(True, False, False)]),
        (False, False, True, [(False, False, True)]),
        (True, True, True, [(True, True, True)]),
        (False, False, False, []),
    ],
)
def test_the_choice_is_honoured(ben, tell, browser_of, site, email, push, rows):
    browser_of(ben)
    chosen = {("alarm", "site"): site, ("alarm", "email"): email, ("alarm", "push"): push}
    set_preferences(user=ben, choices=chosen, by=ben)
    tell(ben, kind="alarm")
    found = Notification.objects.all()
    assert [(each.on_site, each.mail_due_at is not None, each.push_due_at is not None) for each in found] == rows


def test_whoever_has_no_device_is_owed_no_push(ben, mei, tell, browser_of):
    browser_of(mei)
    set_preferences(user=ben, choices={("alarm", "site"): False}, by=ben)
    assert [row.recipient for row in tell(ben, mei, kind="alarm")] == [mei]


def test_the_job_twice_and_the_sweep_twice_push_once(due, push_service):
    for _ in range(2):
        push_notifications([str(due.pk)])
        push_due_notifications()
    schedule_due()
    assert push_service.paths == ["/ben-phone"]


def test_a_lost_job_is_finished_by_the_sweep(due, push_service):
    assert send_due_pushes() == 1
    schedule_due()
    assert push_service.paths == ["/ben-phone"]


def test_a_broker_that_is_away_costs_nobody_the_notice(
    ben,
    tell,
    browser_of,
    monkeypatch,
    django_capture_on_commit_callbacks,
):
    browser_of(ben)

    def away(*args):
        raise ConnectionError

    monkeypatch.setattr(push_notifications, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        tell(ben, kind="alarm")
    assert (Notification.objects.visible_to(ben).count(), send_due_pushes()) == (1, 1)


def unread_and_gone(due, ben, monkeypatch):
    mark_as_read(notification_id=due.pk, by=ben)


def hidden_from_them(due, ben, monkeypatch):
    monkeypatch.setitem(kinds._things, "alarm", Kind(name="alarm", label="", title="", may_mail=lambda _: False))


def of_yesterday(due, ben, monkeypatch):
    Notification.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))


@pytest.mark.parametrize("change", [unread_and_gone, hidden_from_them, of_yesterday])
def test_what_is_no_longer_wanted_is_not_pushed(due, ben, monkeypatch, change):
    change(due, ben, monkeypatch)
    assert send_pushes(notification_ids=[due.pk]) == 0
    due.refresh_from_db()
    assert (PushMessage.objects.count(), due.push_due_at, due.pushed_at) == (0, None, None)


# -- taking back -------------------------------------------------------------------------------------------------


def test_what_was_pushed_is_closed_on_every_device_when_it_is_withdrawn(
    ben,
    mei,
    push_service,
    browser_of,
    tell,
    django_capture_on_commit_callbacks,
):
    phones = [browser_of(ben), browser_of(ben, "laptop"), browser_of(mei)]
    with django_capture_on_commit_callbacks(execute=True):
        tell(ben, mei, kind="alarm", key="thing:1")
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(keys=["thing:1"], why="Taken.")
        withdraw(keys=["thing:1"], why="Again.")
    farewell = {"tag": "thing:1", "title": "Taken.", "icon": "/static/ui/icon-192.png", "closing": True}
    told = [[{**farewell, "device": str(phone.device.pk)}] for phone in phones]
    assert [phone.read[1:] for phone in phones] == told


def test_what_was_not_pushed_yet_stays_away_altogether(
    due,
    push_service,
    django_capture_on_commit_callbacks,
):
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(keys=["thing:1"])
    push_notifications([str(due.pk)])
    assert (push_service.received, PushMessage.objects.count()) == ([], 0)


def test_what_waits_for_a_device_is_replaced_by_its_farewell(due, push_service):
    send_pushes(notification_ids=[due.pk])
    withdraw(keys=["thing:1"], why="Taken.")
    assert [each.content["title"] for each in PushMessage.objects.all()] == ["Taken."]


# -- the page of the choices -------------------------------------------------------------------------------------


def test_the_page_shows_and_keeps_the_choice_of_each_kind(as_user, ben):
    client = as_user(ben)
    assert (
        'name="alarm.push" aria-label="Alarms, push" checked>' in client.get("/settings/notifications").content.decode()
    )
    client.post("/settings/notifications", {"alarm.site": "on"})
    page = client.get("/settings/notifications").content.decode()
    assert 'name="alarm.push" aria-label="Alarms, push">' in page
    assert 'name="alarm.site" aria-label="Alarms, bell" checked>' in page


def test_the_page_lists_the_own_devices_and_a_plain_form_removes_one(
    as_user,
    ben,
    mei,
    browser_of,
):
    phone, _ = browser_of(ben), browser_of(mei, "mei's")
    client = as_user(ben)
    page = client.get("/settings/notifications").content.decode()
    assert (page.count("data-endpoint="), phone.endpoint in page) == (1, True)
    answer = client.post(f"/settings/notifications/devices/{phone.device.pk}/removal")
    assert (answer.status_code, answer["Location"]) == (302, "/settings/notifications")
    assert devices() == ["mei's"]


def test_with_scripts_only_the_list_is_drawn_anew(as_user, ben, browser_of):
    phone = browser_of(ben)
    client = as_user(ben, **{"HX-Request": "true"})
    assert phone.endpoint in client.get("/settings/notifications/devices").content.decode()
    rest = client.post(f"/settings/notifications/devices/{phone.device.pk}/removal").content.decode()
    assert (rest.strip().startswith('<div id="push-devices">'), phone.endpoint in rest) == (True, False)


def test_oskar_removes_no_device_of_bens(as_user, ben, oskar, browser_of):
    phone = browser_of(ben)
    answer = as_user(oskar).post(f"/settings/notifications/devices/{phone.device.pk}/removal")
    assert (answer.status_code, devices()) == (404, ["phone"])
