"""Authenticator app, recovery codes and passkeys, from setting up to signing in."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from tests.support.passkeys import Passkey

pytestmark = pytest.mark.django_db(transaction=True)


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def password(client: Client, username: str = "ada"):
    return client.post(reverse("account_login"), {"login": username, "password": "peerloop"}, secure=True)


@pytest.fixture
def here(ada):
    client = Client()
    password(client)
    client.post(reverse("account_reauthenticate"), {"password": "peerloop"}, secure=True)
    return client


def options(page) -> dict:
    found = re.search(r'<script id="js_data" type="application/json">(.*?)</script>', page.content.decode())
    return json.loads(found[1])


@pytest.fixture
def secret(here) -> str:
    """Ada's authenticator app, set up through the page."""
    page = here.get(reverse("mfa_activate_totp"), secure=True)
    secret = page.context["form"].secret
    here.post(reverse("mfa_activate_totp"), {"code": code(secret)}, secure=True)
    return secret


@pytest.fixture
def passkey(here) -> Passkey:
    passkey = Passkey()
    wish = options(here.get(reverse("mfa_add_webauthn"), secure=True))["creation_options"]
    form = {"name": "Laptop", "passwordless": "on", "credential": passkey.register(wish)}
    here.post(reverse("mfa_add_webauthn"), form, secure=True)
    return passkey


def test_the_code_to_scan_can_be_read_on_a_dark_page(here):
    page = here.get(reverse("mfa_activate_totp"), secure=True)
    assert "otpauth://totp/ada%40example.com?secret=" in page.context["totp_url"]
    assert "fill%3D%22white%22" in page.context["totp_svg_data_uri"] or "white" in page.context["totp_svg"]


def test_a_wrong_code_sets_nothing_up(here):
    page = here.post(reverse("mfa_activate_totp"), {"code": "000000"}, secure=True)
    assert "That code is not right" in page.content.decode()
    assert Authenticator.objects.count() == 0


def test_with_an_app_the_password_alone_signs_nobody_in(secret, ada, mailoutbox):
    assert mailoutbox[0].subject == "Two-factor sign-in is on"
    there = Client()
    assert password(there).url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in there.session
    wrong = there.post(reverse("mfa_authenticate"), {"code": "000000"}, secure=True)
    assert "That code is not right" in wrong.content.decode()
    assert "_auth_user_id" not in there.session


def test_a_recovery_code_signs_in_once(here, secret, ada):
    codes = here.get(reverse("mfa_download_recovery_codes"), secure=True).content.decode().split()
    assert len(codes) == 10
    for answer in ("/dashboard", None):
        there = Client()
        password(there)
        sent = there.post(reverse("mfa_authenticate"), {"code": codes[0]}, secure=True)
        assert (sent.url if sent.status_code == 302 else None) == answer


def test_the_admin_asks_for_the_second_step_too(ada, secret):
    ada.is_staff = True
    ada.save()
    there = Client()
    answer = there.get(reverse("admin:index"), follow=True, secure=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert password(there).url == reverse("mfa_authenticate")


def test_a_passkey_signs_in_without_a_password(passkey, ada):
    there = Client()
    accept = {"accept": "application/json"}
    wish = there.get(reverse("mfa_login_webauthn"), headers=accept, secure=True).json()["request_options"]
    answer = there.post(reverse("mfa_login_webauthn"), {"credential": passkey.sign(wish)}, secure=True)
    assert (answer.status_code, answer.url) == (302, "/dashboard")
    assert there.session["_auth_user_id"] == str(ada.pk)


def test_a_signature_of_another_key_signs_nobody_in(passkey, ada):
    forged = Passkey(id=passkey.id, user=passkey.user)
    there = Client()
    accept = {"accept": "application/json"}
    wish = there.get(reverse("mfa_login_webauthn"), headers=accept, secure=True).json()["request_options"]
    answer = there.post(reverse("mfa_login_webauthn"), {"credential": forged.sign(wish)}, secure=True)
    assert (answer.url, "_auth_user_id" in there.session) == (reverse("account_login"), False)


def test_a_replayed_signature_signs_nobody_in(passkey, ada):
    accept = {"accept": "application/json"}
    first, second = Client(), Client()
    wish = first.get(reverse("mfa_login_webauthn"), headers=accept, secure=True).json()["request_options"]
    proof = {"credential": passkey.sign(wish)}
    first.post(reverse("mfa_login_webauthn"), proof, secure=True)
    second.get(reverse("mfa_login_webauthn"), headers=accept, secure=True)
    second.post(reverse("mfa_login_webauthn"), proof, secure=True)
    assert ("_auth_user_id" in first.session, "_auth_user_id" in second.session) == (True, False)


def test_a_passkey_is_the_second_step_after_the_password(passkey, ada):
    there = Client()
    assert password(there).url == reverse("mfa_authenticate")
    wish = options(there.get(reverse("mfa_authenticate"), secure=True))["request_options"]
    answer = there.post(reverse("mfa_authenticate"), {"credential": passkey.sign(wish)}, secure=True)
    assert answer.url == "/dashboard"


def test_a_passkey_is_renamed_and_removed(here, passkey, ada):
    row = Authenticator.objects.get(type="webauthn")
    here.post(reverse("mfa_edit_webauthn", args=[row.pk]), {"name": "Old laptop"}, secure=True)
    assert "Old laptop" in here.get(reverse("mfa_list_webauthn"), secure=True).content.decode()
    here.post(reverse("mfa_remove_webauthn", args=[row.pk]), secure=True)
    assert Authenticator.objects.filter(type="webauthn").count() == 0


MANGLED = [
    "",
    "{}",
    "[1]",
    '{"id": 7}',
    "not json",
    '{"rawId": {}}',
    "null",
    '"x"',
    '{"response": {"userHandle": "&"}}',
]


@pytest.mark.parametrize("credential", MANGLED)
def test_a_mangled_new_passkey_is_refused_with_a_sentence(here, credential):
    page = here.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": credential}, secure=True)
    assert (page.status_code, Authenticator.objects.count()) == (200, 0)


@pytest.mark.parametrize("credential", MANGLED)
def test_a_mangled_proof_signs_nobody_in(client, ada, credential):
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential}, secure=True)
    assert (answer.status_code, answer.url) == (302, reverse("account_login"))
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("credential", MANGLED)
def test_a_mangled_second_step_signs_nobody_in(passkey, ada, credential):
    there = Client()
    password(there)
    page = there.post(reverse("mfa_authenticate"), {"credential": credential}, secure=True)
    assert (page.status_code, "_auth_user_id" in there.session) == (200, False)


def test_taking_up_two_factor_sign_in_asks_for_the_password_again(ada):
    client = Client()
    password(client)
    answer = client.get(reverse("mfa_activate_totp"), secure=True)
    assert answer.url.startswith(reverse("account_reauthenticate"))
