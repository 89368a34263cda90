"""A session that ends tells the floors above, so that no socket outlives it."""

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client
from django.urls import reverse

from peerloop.core.accounts.services import ban_account, end_sessions
from peerloop.core.accounts.signals import access_lost, session_ended
from peerloop.core.accounts.templatetags.accounts import device

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"

pytestmark = pytest.mark.django_db(transaction=True)


def browser(user) -> Client:
    client = Client(headers={"user-agent": FIREFOX})
    client.post(reverse("account_login"), {"login": user.username, "password": "peerloop"})
    return client


def key(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def signed_in(client: Client) -> bool:
    return client.get(reverse("settings_data")).status_code == 200


@pytest.fixture
def ended():
    keys: list[str] = []

    def hear(session_key, **kwargs):
        keys.append(session_key)

    session_ended.connect(hear)
    yield keys
    session_ended.disconnect(hear)


def test_the_list_shows_every_browser_and_marks_this_one(ada, oskar):
    here, _, _ = browser(ada), browser(ada), browser(oskar)
    page = here.get(reverse("usersessions_list")).content.decode()
    assert (page.count("Firefox on Windows"), page.count("This one")) == (2, 1)


def test_signing_out_elsewhere_ends_the_other_sessions_and_says_so(ada, oskar, ended):
    here, there, stranger = browser(ada), browser(ada), browser(oskar)
    ended.clear()
    answer = here.post(reverse("usersessions_list"), follow=True)
    assert "You are signed out everywhere else." in answer.content.decode()
    assert ended == [key(there)]
    assert (signed_in(here), signed_in(there), signed_in(stranger)) == (True, False, True)


def test_signing_out_ends_this_session(ada, ended):
    here, there = browser(ada), browser(ada)
    ended.clear()
    old = key(here)
    here.post(reverse("account_logout"))
    assert (ended, signed_in(here), signed_in(there)) == ([old], False, True)


def test_a_new_password_ends_all_other_sessions_and_renews_this_one(ada, ended, mailoutbox):
    here, there = browser(ada), browser(ada)
    ended.clear()
    old = key(here)
    new = {"oldpassword": "peerloop", "password1": "a slow brush", "password2": "a slow brush"}
    here.post(reverse("account_change_password"), new)
    assert set(ended) == {old, key(there)}
    assert (signed_in(here), signed_in(there)) == (True, False)
    assert mailoutbox[0].subject == "Your PeerLoop password was changed"


def test_banning_ends_every_session_at_once(oskar, root, ended):
    there = browser(oskar)
    ended.clear()
    old, lost = key(there), []

    def hear(user, **kwargs):
        lost.append(user)

    access_lost.connect(hear)
    ban_account(user=oskar, by=root)
    ban_account(user=oskar, by=root)
    access_lost.disconnect(hear)
    assert (ended, signed_in(there), lost) == ([old], False, [oskar, oskar])


def test_ending_sessions_twice_finds_none_the_second_time(ada):
    here, _ = browser(ada), browser(ada)
    assert [end_sessions(user=ada, keep=key(here), by=ada) for _ in range(2)] == [1, 0]
    assert UserSession.objects.get(user=ada).session_key == key(here)


def test_the_list_costs_one_query_more_for_each_browser_and_no_more(ada, django_assert_num_queries):
    here = browser(ada)
    here.get(reverse("usersessions_list"))
    with django_assert_num_queries(4):
        here.get(reverse("usersessions_list"))
    for _ in range(3):
        browser(ada)
    assert UserSession.objects.filter(user=ada).count() == 4
    with django_assert_num_queries(7):  # allauth looks once whose each session is
        here.get(reverse("usersessions_list"))


@pytest.mark.parametrize(
    ("user_agent", "shown"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) Version/26.1 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Mac"),
        ("peerloop-cli/1.0", "peerloop-cli/1.0"),
        ("x" * 500, "x" * 60),
        ("", "Unknown program"),
    ],
)
def test_a_browser_is_shown_by_a_name_that_people_know(user_agent, shown):
    assert device(user_agent) == shown
