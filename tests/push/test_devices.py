"""Which browsers are pushed to: turned on, renewed, handed over, signed out, forgotten. And which addresses never."""

import socket
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from peerloop.core.accounts.exports import exports
from peerloop.core.accounts.services import ban_account, delete_account
from peerloop.core.errors import TooFast
from peerloop.core.push import courier
from peerloop.core.push.errors import NoSuchDevice, NotAPushAddress
from peerloop.core.push.models import PushDevice, PushMessage, VapidKey
from peerloop.core.push.services import devices as services
from peerloop.core.push.services import keys
from peerloop.core.push.services.messages import Outgoing, deliver, push
from tests.factories.push import Browser, devices, letters, raw

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def phone(push_service):
    return Browser(push_service, "phone")


def add(by, browser, **changed):
    given = {
        "endpoint": browser.endpoint,
        "p256dh": browser.p256dh,
        "auth": letters(browser.secret),
        "label": "phone",
        "session_key": "",
    }
    return services.add_device(**{**given, **changed}, by=by)


def message_for(user) -> PushMessage:
    push(outgoing=[Outgoing(user_id=user.pk, tag="a", until=timezone.now() + timedelta(minutes=1))])
    return PushMessage.objects.get()


def test_turning_on_again_renews_the_same_device(ben, phone):
    first = add(ben, phone)
    PushDevice.objects.update(failing_since=timezone.now())
    again = add(ben, phone, label="renewed")
    assert (again.pk, devices(), PushDevice.objects.get().failing_since) == (first.pk, ["renewed"], None)


def test_a_browser_that_another_person_takes_over_brings_them_nothing_of_the_first(ada, ben, phone):
    add(ben, phone)
    message_for(ben)
    add(ada, phone)
    assert [each.user for each in PushDevice.objects.all()] == [ada]
    assert PushMessage.objects.count() == 0


def test_the_oldest_beyond_ten_go(ben, mei, push_service):
    add(mei, Browser(push_service, "another"), label="mei's")
    for number in range(12):
        add(ben, Browser(push_service, f"browser-{number}"), label=f"{number:02}")
    assert devices() == [*[f"{number:02}" for number in range(2, 12)], "mei's"]


def test_nobody_turns_on_and_off_all_day(ben, phone):
    cache.set(f"limit:push-device:{ben.pk}", 60, timeout=60)
    with pytest.raises(TooFast):
        add(ben, phone)


@pytest.mark.parametrize(
    "changed",
    [
        {"endpoint": "https://push.example/" + "x" * 1000},
        {"endpoint": "https://push.example/a b"},
        {"endpoint": "https://push.example/\u202e"},
        {"endpoint": "https://user:word@push.example/"},
        {"endpoint": "https://push.example:port/"},
        {"endpoint": "https://[::1]/"},
        {"endpoint": "not an address"},
        {"p256dh": letters(b"\x04" + b"1" * 64)},
        {"p256dh": letters(b"short")},
        {"p256dh": "x" * 101},
        {"auth": letters(b"fifteen bytes..")},
        {"auth": "é"},
    ],
)
def test_what_cannot_be_sent_to_is_refused(ben, phone, changed):
    with pytest.raises(NotAPushAddress, match="Turn it off and on again"):
        add(ben, phone, **changed)
    assert PushDevice.objects.count() == 0


@pytest.mark.parametrize(
    ("endpoint", "accepted"),
    [
        ("https://updates.push.services.mozilla.com/wpush/v2/abc", True),
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://8.8.8.8/abc", True),
        ("http://updates.push.services.mozilla.com/abc", False),
        ("https://localhost/abc", False),
        ("https://intranet/abc", False),
        ("https://db.internal/abc", False),
        ("https://127.0.0.1/abc", False),
        ("https://10.1.2.3/abc", False),
        ("https://169.254.169.254/latest", False),
        ("https://192.168.0.1/abc", False),
        ("ftp://push.example/abc", False),
    ],
)
def test_in_production_only_the_open_internet_is_sent_to(ben, phone, settings, endpoint, accepted):
    settings.PUSH_PRIVATE_ADDRESSES = False
    if accepted:
        add(ben, phone, endpoint=endpoint)
    else:
        with pytest.raises(NotAPushAddress):
            add(ben, phone, endpoint=endpoint)
    assert PushDevice.objects.count() == accepted


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_that_leads_to_us_is_never_spoken_to(ben, push_service, browser_of, settings, monkeypatch, scheme):
    browser_of(ben)
    message = message_for(ben)
    PushDevice.objects.update(endpoint=f"{scheme}://push.example:{push_service.server_port}/ben-phone")
    # What a name server of theirs may answer at the second asking: our own machine.
    address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", push_service.server_port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [address])
    settings.PUSH_PRIVATE_ADDRESSES = False
    said = []
    monkeypatch.setattr(push_service, "process_request", lambda line, _: said.append(line.recv(1)))
    assert deliver(message_id=message.pk) is False
    assert (said in ([], [b""]), push_service.received, devices()) == (True, [], ["phone"])


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1", True),
        ("::ffff:10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("100.64.0.1", False),
    ],
)
def test_which_addresses_are_on_the_open_internet(address, is_open):
    assert courier.is_open_internet(address) is is_open


# -- the ends ----------------------------------------------------------------------------------------------------


def test_signing_out_ends_it_on_that_browser_alone(ben, push_service, as_user, django_capture_on_commit_callbacks):
    client = as_user(ben)
    for name, key in (("here", client.session.session_key), ("elsewhere", "another")):
        add(ben, Browser(push_service, name), label=name, session_key=key)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/logout/")
    assert devices() == ["elsewhere"]


def test_a_deleted_account_takes_its_devices_along(ben, mei, browser_of):
    browser_of(ben), browser_of(mei, "mei's")
    delete_account(user=ben, by=ben)
    assert devices() == ["mei's"]


def test_whoever_is_banned_is_pushed_nothing_more(ben, mei, root, browser_of, django_capture_on_commit_callbacks):
    browser_of(ben), browser_of(mei, "mei's")
    with django_capture_on_commit_callbacks(execute=True):
        ban_account(user=ben, by=root)
    assert devices() == ["mei's"]


def test_people_take_along_where_they_turned_it_on_without_the_keys(ben, mei, browser_of):
    phone = browser_of(ben)
    browser_of(mei)
    [row] = exports["push-devices"].rows(ben)
    assert (row["label"], row["endpoint"]) == ("phone", phone.endpoint)
    assert sorted(row) == ["created_at", "endpoint", "failing_since", "label", "last_success_at"]


# -- the JSON door -----------------------------------------------------------------------------------------------


def test_a_browser_turns_it_on_and_off_with_what_it_has(as_user, ben, phone):
    client = as_user(ben)
    added = client.post(
        "/api/push/devices", phone.subscription, content_type="application/json", headers={"User-Agent": FIREFOX}
    )
    device = PushDevice.objects.get()
    assert (added.status_code, added.json()["label"]) == (201, "Firefox on Linux")
    assert (device.user, device.session_key) == (ben, client.session.session_key)
    listed = client.get("/api/push/devices").json()
    assert (listed["public_key"], [each["id"] for each in listed["devices"]]) == (keys.public_key(), [str(device.pk)])
    assert client.delete(f"/api/push/devices/{device.pk}").status_code == 204
    assert client.delete(f"/api/push/devices/{device.pk}").status_code == 404


def test_oskar_neither_sees_nor_removes_bens_device(as_user, ben, oskar, browser_of):
    device = browser_of(ben).device
    client = as_user(oskar)
    assert client.get("/api/push/devices").json()["devices"] == []
    assert client.delete(f"/api/push/devices/{device.pk}").status_code == 404
    with pytest.raises(NoSuchDevice):
        services.remove_device(device_id=device.pk, by=oskar)
    assert devices() == ["phone"]


def test_the_door_says_why_it_refuses(as_user, ben, phone):
    given = {**phone.subscription, "endpoint": "nowhere"}
    answer = as_user(ben).post("/api/push/devices", given, content_type="application/json")
    assert (answer.status_code, answer.json()) == (400, {"error": NotAPushAddress.text})


def test_a_browser_whose_address_changed_is_one_device_still(as_user, ben, mei, push_service, browser_of):
    old, others = browser_of(ben), browser_of(mei, "mei's")
    new = Browser(push_service, "new")
    client = as_user(ben)
    for _ in range(2):
        given = {**new.subscription, "replaces": old.endpoint}
        assert client.post("/api/push/devices", given, content_type="application/json").status_code == 201
    assert set(PushDevice.objects.values_list("endpoint", flat=True)) == {new.endpoint, others.endpoint}


@pytest.mark.parametrize("who", ["ben", "oskar"])
def test_what_was_turned_off_elsewhere_does_not_come_back(as_user, push_service, browser_of, request, ben, who):
    person = request.getfixturevalue(who)
    kept, gone = browser_of(ben, "kept"), browser_of(person, "gone")
    services.remove_device(device_id=gone.device.pk, by=person)
    replaced = kept.endpoint if who == "oskar" else gone.endpoint
    given = {**Browser(push_service, "new").subscription, "replaces": replaced}
    answer = as_user(person).post("/api/push/devices", given, content_type="application/json")
    assert (answer.status_code, devices()) == (404, ["kept"])


# -- the key -----------------------------------------------------------------------------------------------------


def test_the_first_start_made_a_key_and_it_stays():
    made = VapidKey.objects.get().private
    assert (keys.private_key(), len(raw(made)), len(raw(keys.public_key()))) == (made, 32, 65)


def test_a_database_without_a_key_gets_one():
    VapidKey.objects.all().delete()
    made = keys.private_key()
    assert made == keys.private_key() == VapidKey.objects.get().private


def test_a_key_of_the_environment_comes_first(settings):
    settings.VAPID_PRIVATE_KEY = letters(b"\x01" * 32)
    assert keys.private_key() == settings.VAPID_PRIVATE_KEY
    assert raw(keys.public_key())[0] == 4


# -- what a browser asks for by itself -----------------------------------------------------------------------------


def test_the_worker_stands_at_the_top_and_is_asked_for_anew(as_user, db):
    answer = as_user(None).get("/service-worker.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    assert 'addEventListener("push"' in answer.content.decode()


def test_the_site_can_be_installed_with_pictures_that_are_there(as_user, db):
    about = as_user(None).get("/manifest.webmanifest").json()
    assert (about["name"], about["display"], about["start_url"]) == ("PeerLoop", "standalone", "/")
    assert [(each["sizes"], each["purpose"]) for each in about["icons"]] == [
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    ]
    assert [as_user(None).get(each["src"]).status_code for each in about["icons"]] == [200, 200, 200]
    page = as_user(None).get("/").content.decode()
    assert '<link rel="manifest" href="/manifest.webmanifest">' in page
