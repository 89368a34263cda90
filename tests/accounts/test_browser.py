"""In a real browser, under the real content policy: passkeys, the time zone at sign-up, and axe on each page."""

import shutil

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from peerloop.core.accounts.models import User
from tests.support.axe import in_every_look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ENTRANCE = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_inactive",
]
SETTINGS = [
    "settings_profile",
    "settings_appearance",
    "settings_data",
    "account_email",
    "account_change_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "usersessions_list",
    "account_logout",
    "account_reauthenticate",
]


@pytest.fixture(scope="module")
def chromium():
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.skip("needs Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's own loop runs in this thread
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, live_server):
    """`open_page()` is a fresh browser; in the end nobody's console may have complained."""
    contexts, complaints = [], []

    def fresh():
        context = chromium.new_context(base_url=live_server.url, timezone_id="Asia/Kathmandu")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        return page

    yield fresh
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page, username: str = "ada") -> None:
    page.goto(reverse("account_login"))
    page.get_by_label("Email or user name").fill(username)
    page.get_by_label("Password").fill("peerloop")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/dashboard")


def confirm(page) -> None:
    page.goto(reverse("account_reauthenticate"))
    page.get_by_label("Password").fill("peerloop")
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_load_state()


def violations(page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]


def test_ada_adds_a_passkey_and_signs_in_with_nothing_else(open_page, ada):
    page = open_page()
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": {**device, "isUserVerified": True}})
    sign_in(page)
    confirm(page)
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_label("Sign in with it alone, without my password").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/recovery-codes/")
    assert Authenticator.objects.filter(user=ada, type="webauthn").count() == 1
    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/dashboard")


def test_a_device_that_gives_no_passkey_is_answered_in_words(open_page, ada):
    page = open_page()
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": False, "hasUserVerification": False}
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    page.goto(reverse("account_login"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("Your device did not give a passkey.").wait_for()


def test_joining_remembers_the_zone_of_the_device(open_page, db):
    page = open_page()
    page.goto(reverse("account_signup"))
    page.get_by_label("Your name").fill("Vivi")
    page.get_by_label("User name").fill("vivi")
    page.get_by_label("Email").fill("vivi@example.com")
    page.get_by_label("Password").fill("a slow brush")
    page.get_by_role("button", name="Create account").press("Enter")
    page.wait_for_url("**/confirm-email/")
    assert User.objects.get(username="vivi").time_zone in ("Asia/Kathmandu", "Asia/Katmandu")


def test_light_or_dark_takes_effect_at_once_and_stays_without_scripts(open_page, ada):
    page = open_page()
    sign_in(page)
    page.goto(reverse("settings_appearance"))
    page.get_by_label("Dark", exact=True).check(force=True)
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.get_by_role("button", name="Save changes").click()
    page.wait_for_load_state()
    assert page.get_by_label("Dark", exact=True).is_checked()


def test_axe_finds_nothing_on_any_page_of_signing_in_and_settings(open_page, ada):
    page = open_page()
    problems = problems_on(page, ENTRANCE)
    sign_in(page)
    confirm(page)
    problems += problems_on(page, SETTINGS)
    assert not problems, "\n".join(problems)


def problems_on(page, names: list[str]) -> list[str]:
    problems = []
    for name in names:
        page.goto(reverse(name))
        problems += in_every_look(page)
    return problems
