"""Ben sets up payouts on his phone, is paid for a lesson, and reads it."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from peerloop.core.payments.services.opening import open_payment
from peerloop.core.payments.services.sweeping import sweep
from peerloop.core.payments.services.wishes import capture
from tests.factories.payments import pay
from tests.support.axe import violations
from tests.support.browsers import PHONE
from tests.support.site import FAST, web_process

pytestmark = pytest.mark.browser


@pytest.fixture
def paying_site(web, tmp_path):
    """A web process of a site that pays out."""
    with web_process(tmp_path, PEERLOOP_PAYOUT_PERCENT="80", **FAST) as site:
        yield site


def test_ben_sets_up_payouts_and_is_paid(ada, ben, heard, paying_site, windows, settings):
    settings.PAYOUT_PERCENT = 80

    # What he has earned waits for him.
    first = open_payment(purpose="lesson", subject_id=uuid4(), amount=2000, payee_id=ben.pk, by=ada)
    capture(payment_id=pay(first, ada).pk, by=ada)
    page = windows.open(paying_site, ben, width=PHONE)
    page.goto("/payouts")
    expect(page.get_by_role("heading", name="Get paid for your sessions")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Lesson")).to_contain_text("Waits until your account is set up")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    assert violations(page) == []

    # He leaves the provider's page once, reads what is still asked, and goes on by the keyboard.
    page.get_by_role("button", name="Set up payouts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up payouts")
    assert violations(page) == []
    page.get_by_role("link", name="Not now").click()
    expect(page.get_by_role("heading", name="One step is left")).to_be_visible()
    expect(page.get_by_text("Your bank account")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Go on at the payment service").press("Enter")
    page.get_by_role("button", name="Finish").press("Enter")
    expect(page.get_by_role("heading", name="Payouts are set up")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    assert violations(page) == []

    # The sweep sends what waited.
    sweep()
    page.reload()
    expect(page.get_by_role("listitem").filter(has_text="Lesson")).to_contain_text("Sent to your account")
    page.get_by_role("link", name="Lesson").click()
    expect(page.get_by_role("listitem").filter(has_text="Sent to your account")).to_contain_text("$16.00")
    assert violations(page) == []
