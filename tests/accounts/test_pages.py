"""Every page of allauth stands in our own frame and answers visitors, members and Oskar rightly."""

import json
import re

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver

from tests.support.passkeys import Passkey

# Named by allauth, but nothing to look at: answers to programs, plain text, or only on the way to somewhere.
NO_PAGES = {"mfa_login_webauthn", "mfa_download_recovery_codes"}
FOR_VISITORS = {
    "account_login",
    "account_signup",
    "account_inactive",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_email",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
}
IN_BETWEEN = {"mfa_authenticate", "account_confirm_login_code", "socialaccount_signup"}
WITHOUT_PASSWORD = {"account_set_password"}


def allauth_names(patterns=None) -> set[str]:
    names = set()
    for pattern in patterns or get_resolver("allauth.urls").url_patterns:
        if isinstance(pattern, URLResolver):
            names |= allauth_names(pattern.url_patterns)
        elif pattern.name:
            names.add(pattern.name)
    return names


FOR_MEMBERS = allauth_names() - FOR_VISITORS - NO_PAGES - IN_BETWEEN - WITHOUT_PASSWORD


def ours(page) -> bool:
    """In the site's frame, and with one heading of the first rank."""
    text = page.content.decode()
    return 'id="toasts"' in text and len(re.findall(r"<h1[ >]", text)) == 1


@pytest.fixture
def protected(ada):
    """Ada with an authenticator app, recovery codes and a passkey."""
    TOTP.activate(ada, generate_totp_secret())
    RecoveryCodes.activate(ada)
    credential = json.loads(Passkey().register({"publicKey": {"user": {"id": "YQ"}, "challenge": "YQ"}}))
    return Authenticator.objects.create(user=ada, type="webauthn", data={"name": "Laptop", "credential": credential})


def sign_in(client, username: str):
    """By password, twice: what can lock somebody out asks again."""
    client.post(reverse("account_login"), {"login": username, "password": "peerloop"})
    client.post(reverse("account_reauthenticate"), {"password": "peerloop"})
    return client


@pytest.fixture
def signed_in(client, ada):
    return sign_in(client, "ada")


def address_of(name: str, user, key=None) -> str:
    if name == "account_confirm_email":
        return reverse(name, args=[EmailConfirmationHMAC(user.emailaddress_set.get()).key])
    if name == "account_reset_password_from_key":
        token = default_token_generator.make_token(user)
        return reverse(name, args=[user_pk_to_url_str(user), token])
    return reverse(name, kwargs={"pk": key.pk} if "_edit_" in name or "_remove_" in name else {})


@pytest.mark.parametrize("name", sorted(FOR_VISITORS))
def test_each_page_for_visitors_stands_in_our_frame(client, ada, name):
    page = client.get(address_of(name, ada), follow=True)
    assert (page.status_code, ours(page)) == (401 if name == "socialaccount_login_error" else 200, True)


@pytest.mark.parametrize("name", sorted(FOR_MEMBERS))
def test_each_page_for_members_stands_in_our_frame(signed_in, ada, protected, name):
    if name == "mfa_activate_totp":
        Authenticator.objects.filter(type="totp").delete()
    page = signed_in.get(address_of(name, ada, protected))
    assert (page.status_code, ours(page)) == (200, True)


@pytest.mark.parametrize("name", sorted(FOR_MEMBERS - {"account_logout"}))
def test_each_page_for_members_sends_a_visitor_to_sign_in(client, ada, protected, name):
    answer = client.get(address_of(name, ada, protected))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
def test_oskar_cannot_reach_adas_passkey(client, oskar, ada, protected, name):
    sign_in(client, "oskar")
    for send in (client.get, client.post):
        assert send(address_of(name, ada, protected)).status_code == 404
    assert Authenticator.objects.filter(pk=protected.pk).exists()


def test_the_page_to_set_a_first_password_stands_in_our_frame(client, ada):
    ada.set_unusable_password()
    ada.save()
    client.force_login(ada)
    page = client.get(reverse("account_set_password"))
    assert (page.status_code, ours(page)) == (200, True)


def test_the_second_step_of_signing_in_stands_in_our_frame(client, ada, protected):
    page = client.post(reverse("account_login"), {"login": "ada", "password": "peerloop"}, follow=True)
    assert page.redirect_chain == [(reverse("mfa_authenticate"), 302)]
    assert (page.status_code, ours(page)) == (200, True)


def test_too_many_tries_are_told_on_our_own_page(client, ada, settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    client.post(reverse("account_reset_password"), {"email": "ada@example.com"})
    page = client.post(reverse("account_reset_password"), {"email": "ada@example.com"})
    assert (page.status_code, ours(page)) == (429, True)


def scripts_and_styles_a_policy_would_block(text: str) -> list[str]:
    tags = re.findall(r"<script[^>]*>", text)
    inline = [tag for tag in tags if "src=" not in tag and "application/json" not in tag]
    return inline + re.findall(r"\s(?:style|on[a-z]+)=", text)


@pytest.mark.parametrize("name", sorted(FOR_VISITORS))
def test_no_page_for_visitors_carries_what_the_content_policy_blocks(client, ada, name):
    page = client.get(address_of(name, ada), follow=True)
    assert scripts_and_styles_a_policy_would_block(page.content.decode()) == []


@pytest.mark.parametrize("name", sorted(FOR_MEMBERS))
def test_no_page_for_members_carries_what_the_content_policy_blocks(signed_in, ada, protected, name):
    page = signed_in.get(address_of(name, ada, protected))
    assert scripts_and_styles_a_policy_would_block(page.content.decode()) == []
