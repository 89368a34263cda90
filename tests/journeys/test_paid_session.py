"""The story of a paid request: Ada asks, puts the money on hold, Ben claims it, they meet, and he says how it went."""

import re

import pytest
from playwright.sync_api import Page, expect

from helpdesk.models import HelpRequest, HelpSession
from helpdesk.sessions.queries import completed_by
from peerloop.core.payments.models import Payment
from tests.factories.requests import on_duty
from tests.support.axe import violations
from tests.support.browsers import PHONE

pytestmark = pytest.mark.browser

PROBLEM = "My third layer dries chalky.\nI thinned it with water."
NOTES = "Wet palette, and two thin layers."
# Keeps what the button says after the form was sent, beyond the page.
SAVING = """() => addEventListener("submit", () => {
  const button = document.querySelector("[data-saving]");
  window.name = `${button.textContent} ${button.disabled}`;
})"""


def shows(page: Page, heading: str) -> None:
    expect(page.locator("#paid-title")).to_have_text(heading)
    assert violations(page) == []


@pytest.mark.covers(
    *("SESS-47", "SESS-56", "SESS-59", "SESS-60", "SESS-65", "SESS-66", "SESS-69", "SESS-70", "SESS-77", "SESS-78"),
    *("SESS-81", "SESS-82", "SESS-92", "SESS-101", "SESS-102", "SESS-103", "SESS-104", "SESS-105", "SESS-106"),
    *("SESS-109", "SESS-110", "SESS-111", "SESS-112", "SESS-113"),
)
def test_ada_pays_for_help_and_ben_helps(ada, ben, browse):
    on_duty(ben)
    page, page_of_ben = browse(ada, width=PHONE), browse(ben)
    with page_of_ben.expect_websocket(lambda socket: "/api/me/connect" in socket.url):
        page_of_ben.goto("/helper/dashboard")
    expect(page_of_ben.locator("[data-bell] .pl-count")).to_have_count(0)
    expect(page_of_ben.get_by_text("No paid request waits for a helper.")).to_be_visible()

    # Ada says what she needs and what she offers, and puts the money on hold.
    page.goto("/customer/request")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    page.get_by_label("Painting").check()
    page.get_by_label("What do you need help with?").fill(PROBLEM)
    page.get_by_label("What you offer, in US dollars").fill("20")
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_role("button", name="Put $20.00 on hold").click()
    shows(page, "Finding a Helper...")
    expect(page.locator("#paid")).to_contain_text("1 helper has been told.")

    # Ben's bell rings, and the request stands on his dashboard without a reload.
    expect(page_of_ben.locator("[data-bell] .pl-count")).to_contain_text("1 unread")
    offer = page_of_ben.locator("[data-paid-offer]")
    expect(offer).to_contain_text("New Painting Request")
    page_of_ben.locator("[data-bell]").click()
    expect(page_of_ben.locator("#bell-list")).to_contain_text("$20.00")
    page_of_ben.locator("#bell-list").get_by_role("link", name="New Painting Request").click()
    expect(page_of_ben).to_have_url(re.compile("/helper/dashboard$"))
    expect(page_of_ben.locator("[data-bell] .pl-count")).to_have_count(0)
    assert violations(page_of_ben) == []

    # He claims it: her page moves on by itself.
    offer.get_by_role("button", name="Claim").click()
    shows(page_of_ben, "Ada Lind waits for you")
    shows(page, "Your Session is Ready")
    session = HelpSession.objects.get()
    expect(page).to_have_url(re.compile(f"/customer/session/{session.pk}$"))
    expect(page.locator(".pl-paid__loading")).to_have_count(1)
    expect(page.locator(".pl-paid__loading")).to_be_hidden()
    expect(page.get_by_role("link", name="Join Video Session")).to_have_attribute("target", "_blank")

    # They write to each other while she waits; what he has begun to write stays when he starts the session.
    log, log_of_ben = page.locator("#summon-log"), page_of_ben.locator("#summon-log")
    field, field_of_ben = page.get_by_label("Message to Ben Okoro"), page_of_ben.get_by_label("Message to Ada Lind")
    field.press_sequentially("My camera is slow.")
    expect(page_of_ben.locator("#summon-typing")).to_be_visible()
    page.get_by_label("Send").click()
    expect(log_of_ben).to_contain_text("My camera is slow.")
    expect(log).to_contain_text("My camera is slow.")
    expect(field).to_have_value("")
    field_of_ben.fill("Take your time.")

    # He starts it, and she can join the call, where each sees the other's name.
    page_of_ben.get_by_role("button", name="Start Session").click()
    shows(page_of_ben, "Session with Ada Lind")
    shows(page, "Session in Progress")
    expect(field_of_ben).to_have_value("Take your time.")
    page_of_ben.get_by_label("Send").click()
    expect(log).to_contain_text("Take your time.")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Rejoin Video Session").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Call with Ben Okoro")
    opened.value.close()

    # "End Session" asks first; the way back ends nothing.
    end, dialog = page_of_ben.get_by_role("button", name="End Session"), page_of_ben.locator("#outcome-dialog")
    end.click()
    expect(dialog).to_be_visible()
    assert violations(page_of_ben) == []
    complete = dialog.get_by_role("button", name="Complete Session")
    expect(complete).to_be_disabled()
    dialog.get_by_role("link", name="Keep talking").click()
    expect(dialog).to_have_count(0)
    assert HelpSession.objects.get().status == "active"

    # The outcomes stand side by side, one is chosen at a time.
    end.click()
    expect(dialog).to_be_visible()
    boxes = [dialog.locator(".pl-choice label").nth(at).bounding_box() for at in range(3)]
    assert len({round(box["y"]) for box in boxes}) == 1
    assert boxes[0]["x"] < boxes[1]["x"] < boxes[2]["x"]
    dialog.get_by_label("Not Resolved").check()
    dialog.get_by_label("Issue Resolved").check()
    expect(dialog.get_by_label("Not Resolved")).not_to_be_checked()
    dialog.get_by_label("Notes (optional)").fill(NOTES)
    # While it is on its way it cannot be sent again.
    page_of_ben.evaluate(SAVING)
    complete.click()
    expect(page_of_ben).to_have_url(re.compile("/helper/dashboard$"))
    expect(page_of_ben.locator("#toasts")).to_contain_text("Saved. Thank you for helping.")

    assert page_of_ben.evaluate("name") == "Saving... true"

    # Ada reads how it went; the money is taken, and Ben has one session more.
    shows(page, "Session Complete")
    expect(page.locator("#paid")).to_contain_text("Outcome: Resolved")
    expect(log).to_contain_text("Take your time.")
    expect(field).to_have_count(0)
    expect(page.locator("#paid")).to_contain_text("Charged")
    expect(page.get_by_role("link", name="Submit Another Request")).to_have_attribute("href", "/customer/request")
    done = HelpSession.objects.get()
    assert (done.status, done.outcome, done.notes, done.duration is not None) == ("ended", "resolved", NOTES, True)
    expect(page.get_by_role("link", name="Receipt")).to_be_visible()
    assert (Payment.objects.get().status, Payment.objects.get().captured) == ("captured", 2000)
    assert (HelpRequest.objects.get().status, completed_by(ben)) == ("resolved", 1)
