"""The story of SBOK: nobody can come now, so Ada books Ben for a time, he accepts, and at that time they talk."""

import pytest
from playwright.sync_api import Page, expect

from helpdesk.bookings.models import Booking
from tests.factories.bookings import begin
from tests.support.axe import violations
from tests.support.browsers import PHONE

pytestmark = pytest.mark.browser

QUESTION = "My third layer dries chalky, even thinned."


def read_bell(page: Page, title: str) -> None:
    """The notice is there without a reload; follow it."""
    expect(page.locator("[data-bell] .pl-count")).to_be_visible()
    page.locator("[data-bell]").click()
    page.locator("#bell-list").get_by_role("link", name=title).click()


@pytest.mark.covers("HELP-51", "REC-64")
def test_ada_books_ben_and_they_meet_at_the_time(ada, bookable, course, modules, browse, windows):
    windows.expect_problem("status of 422")  # she asks before she chooses
    ada.time_zone, bookable.time_zone = "Europe/London", "Asia/Tokyo"
    ada.save()
    bookable.save()
    page, page_of_ben = browse(ada, width=PHONE), browse(bookable)
    with page_of_ben.expect_websocket(lambda socket: "/api/me/connect" in socket.url):
        page_of_ben.goto("/courses")

    # Ben has a page open but did not turn his switch on: nobody can be summoned.
    page.goto(f"/courses/{course.pk}/content/{modules[0].pk}")
    page.get_by_role("button", name="Summon Help").click()
    page.locator("#summon").get_by_role("link", name="Schedule a Session").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Schedule a Session")
    expect(page.get_by_text("Module: Brushes, paint and water")).to_be_visible()
    expect(page.get_by_text("The small time is on their clock, Asia/Tokyo").first).to_be_visible()

    # She writes, looks at Ben's times, chooses one by the keyboard, and asks.
    page.get_by_label("What would you like help with?").fill(QUESTION)
    request = page.get_by_role("button", name="Request this session")
    request.click()
    expect(page.get_by_role("alert")).to_have_text("Choose a time first.")
    expect(page.get_by_label("What would you like help with?")).to_have_value(QUESTION)
    page.get_by_role("radio").nth(3).focus()
    page.keyboard.press("Space")
    assert violations(page) == []
    request.click()
    expect(page.get_by_text("Waiting for an answer", exact=True)).to_be_visible()
    expect(page.locator("main")).to_contain_text(QUESTION)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    assert violations(page) == []

    # Ben hears of it at once, reads the question, and accepts with a word.
    read_bell(page_of_ben, "Ada Lind asks you for a session")
    expect(page_of_ben.locator("main")).to_contain_text(QUESTION)
    assert violations(page_of_ben) == []
    page_of_ben.get_by_label("A word to go with your answer").fill("Have the palette at hand.")
    page_of_ben.get_by_role("button", name="Accept").click()
    expect(page_of_ben.get_by_text("Agreed", exact=True)).to_be_visible()
    read_bell(page, "Ben Okoro accepted your session")
    expect(page.locator("main")).to_contain_text("Have the palette at hand.")

    # At its time either starts, and both are in the session that everybody knows.
    begin(Booking.objects.get(), minutes=5)
    page.reload()
    page.get_by_role("button", name="Start session").click()
    expect(page.locator("#summon-title")).to_have_text("You're Connected!")
    read_bell(page_of_ben, "Ada Lind has started your session")
    expect(page_of_ben.locator("#summon-title")).to_have_text("You're Connected!")
    page.locator("#summon").get_by_role("textbox").fill("Here it is.")
    page.locator("#summon").get_by_role("button", name="Send").click()
    expect(page_of_ben.locator(".pl-bubble", has_text="Here it is.")).to_be_visible()
    assert Booking.objects.get().status == "held"
