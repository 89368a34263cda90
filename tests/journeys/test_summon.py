"""The story of Summon Help: Ada calls, Ben comes, they talk, she thanks him. And how it goes when nobody comes."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from goodwill.models import Account
from helpdesk.models import HelpSession, HelpSummons
from helpdesk.summons.services import answering
from helpdesk.summons.services.answering import accept_summons
from peerloop.core.presence.services import set_availability
from tests.factories.helpdesk import age, let_time_run_out
from tests.support.axe import violations
from tests.support.browsers import DESKTOP, PHONE

pytestmark = pytest.mark.browser

QUESTION = "My third layer dries chalky, even thinned."
WIDTHS = pytest.mark.parametrize("width", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture
def helper(ben, course):
    """Ben has turned his switch on."""
    ben.refresh_from_db()
    set_availability(user=ben, available=True, by=ben)
    return ben


class Summoning:
    """The panel of a summons in somebody's browser, in a dialog or on its page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.locator("#summon")
        self.dialog = page.locator("#summon-dialog")
        self.pill = page.locator(".pl-pill")
        self.field = self.panel.get_by_role("textbox")

    def press(self, name: str) -> None:
        self.panel.locator("button, a").filter(has_text=re.compile(f"^\\s*{re.escape(name)}\\s*$")).click()

    def shows(self, state: str, heading: str) -> None:
        """The panel is in this state, and the reader's focus has come along."""
        expect(self.panel).to_have_attribute("data-state", state)
        expect(self.panel.locator("#summon-title")).to_have_text(heading)
        expect(self.panel.locator("#summon-title")).to_be_focused()
        assert violations(self.page) == []

    def say(self, text: str) -> None:
        self.field.fill(text)
        self.panel.get_by_role("button", name="Send").click()

    def bubble(self, text: str) -> Locator:
        return self.panel.locator(".pl-bubble", has_text=text)

    def seconds(self) -> int:
        minutes, seconds = self.panel.get_by_role("timer").first.inner_text().split(":")
        return int(minutes) * 60 + int(seconds)


@pytest.fixture
def student(ada, course, modules, browse):
    """`student()` is Ada on the page of her first module."""

    def open_page(width: int = DESKTOP) -> Summoning:
        page = browse(ada, width=width)
        page.goto(f"/courses/{course.pk}/content/{modules[0].pk}")
        return Summoning(page)

    return open_page


@pytest.fixture
def dashboard(helper, browse):
    """`dashboard()` is Ben's helper dashboard, live."""

    def open_page(width: int = DESKTOP) -> Page:
        page = browse(helper, width=width)
        with page.expect_websocket(lambda socket: "/api/me/connect" in socket.url):
            page.goto("/helper/dashboard")
        return page

    return open_page


def open_dialog(ada: Summoning) -> None:
    ada.page.get_by_role("button", name="Summon Help").click()
    expect(ada.panel).to_have_attribute("data-state", re.compile("initiating|no-helpers"))
    expect(ada.panel).to_have_attribute("data-state", "initiating")  # as soon as the site knows that Ben is here


def call(ada: Summoning, text: str = QUESTION) -> HelpSummons:
    open_dialog(ada)
    ada.field.fill(text)
    ada.press("Summon Helper")
    ada.shows("waiting", "Finding a Helper...")
    return HelpSummons.objects.get(status="pending")


def connect(ada: Summoning, ben: Page) -> HelpSummons:
    """Ada calls, Ben comes."""
    made = call(ada)
    ben.get_by_role("button", name="Accept").click()
    ada.shows("connected", "You're Connected!")
    return made


@WIDTHS
@pytest.mark.covers(
    *("HELP-01", "HELP-03", "HELP-04", "HELP-06", "HELP-16", "HELP-17", "HELP-18", "HELP-20", "HELP-22", "HELP-24"),
    *("HELP-27", "HELP-30", "HELP-33", "HELP-35", "HELP-37", "HELP-39", "HELP-41", "HELP-42", "HELP-45", "HELP-53"),
    *("HELP-54", "HELP-55", "HELP-56", "HELP-57", "HELP-66", "HELP-67", "HELP-68", "HELP-69", "HELP-88", "HELP-93"),
    *("HELP-94", "HELP-98", "HELP-99", "HELP-113", "HELP-114", "HELP-115", "HELP-116"),
)
def test_ada_calls_and_ben_comes_and_both_see_the_points_move(ada, ben, student, dashboard, width):
    page_of_ben = dashboard(width)
    calling = student(width)
    module = calling.page.url

    # Over the module she is reading, she sees who is there, and calls.
    open_dialog(calling)
    calling.shows("initiating", "Get Help Now")
    expect(calling.panel).to_contain_text("1 helper online")
    expect(calling.panel).to_contain_text("Module: Brushes, paint and water")
    if width == PHONE:
        fills_the_screen(calling)
    calling.field.fill(QUESTION)
    calling.press("Summon Helper")
    calling.shows("waiting", "Finding a Helper...")
    expect(calling.panel).to_contain_text("Looking for an available helper")

    expect(calling.panel.get_by_role("timer")).to_have_text(re.compile(r"^0:0[2-9]$"))

    # Ben sees it without a reload, and comes.
    offer = page_of_ben.locator("[data-offer]")
    expect(offer).to_contain_text(QUESTION)
    assert violations(page_of_ben) == []
    page_of_ben.get_by_role("button", name="Accept").click()
    helping = Summoning(page_of_ben)
    helping.shows("connected", "You're Connected!")
    calling.shows("connected", "You're Connected!")
    expect(calling.panel.get_by_role("link", name="Ben Okoro")).to_have_attribute("href", f"/helpers/{ben.username}")
    assert abs(calling.seconds() - helping.seconds()) <= 1

    # They talk. What is being typed, and what has been read, shows on the other side.
    helping.say("How **thin** is it?")
    expect(calling.bubble("How thin is it?")).not_to_have_class(re.compile(r"\bme\b"))
    expect(helping.bubble("How thin is it?")).to_have_class(re.compile(r"\bme\b"))
    calling.field.press_sequentially("One to one")
    expect(helping.panel.locator("#summon-typing")).to_have_text("Ada Lind is typing")
    expect(helping.panel.locator("#summon-read")).to_be_visible()
    calling.say("One to one with water. It beads.")
    expect(helping.bubble("It beads.")).to_be_visible()
    expect(calling.field).to_have_value("")
    helping.field.press_sequentially("That is")
    expect(calling.panel.locator("#summon-typing")).to_have_text("Ben Okoro is typing")
    assert violations(calling.page) == []
    if width == PHONE:
        the_talk_fits(calling)

    # Six minutes later she ends it. Ben is told, she is asked.
    age(HelpSession.objects.get(), seconds=361)
    calling.press("End Session")
    calling.shows("complete", "Session Complete")
    helping.shows("complete", "Session Complete")
    expect(calling.panel).to_contain_text("Duration: 6 minutes")
    slider = calling.panel.get_by_role("slider")
    expect(slider).to_have_value("15")
    assert slider.bounding_box()["height"] >= 40
    calling.panel.get_by_role("button", name="20 Extremely helpful").click()
    expect(calling.panel).to_contain_text("30 stay with you.")
    calling.press("Award 20 Points")
    expect(calling.panel).to_contain_text("You gave Ben Okoro 20 points.")
    for page, balance in ((calling.page, 30), (page_of_ben, 70)):
        expect(page.locator(".pl-points").first).to_contain_text(str(balance))

    # Closing it lands her where she was.
    calling.press("Close")
    expect(calling.dialog).to_have_count(0)
    assert calling.page.url == module
    assert [each.balance for each in (Account.objects.get(user=ada), Account.objects.get(user=ben))] == [30, 70]


def fills_the_screen(summoning: Summoning) -> None:
    box, screen = summoning.dialog.bounding_box(), summoning.page.viewport_size
    assert (box["x"], box["width"]) == (0, screen["width"])
    assert box["height"] >= screen["height"] - 12
    close, main = summoning.dialog.get_by_label("Close"), summoning.page.locator("#summon-go")
    assert close.bounding_box()["height"] >= 44
    assert main.bounding_box()["y"] > screen["height"] / 2


def the_talk_fits(summoning: Summoning) -> None:
    """Everything of the talk is on the screen at once, and nothing reaches beyond its edge."""
    screen = summoning.page.viewport_size
    for place in (summoning.panel.get_by_role("log"), summoning.field, summoning.panel.get_by_text("End Session")):
        box = place.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= screen["width"]
        assert box["y"] + box["height"] <= screen["height"]


@WIDTHS
@pytest.mark.covers("HELP-28", "HELP-47", "HELP-48", "HELP-49", "HELP-50", "HELP-52", "HELP-65", "HELP-124")
def test_when_nobody_comes_in_time_the_question_goes_along_to_others(student, dashboard, width):
    page_of_ben, calling = dashboard(width), student(width)
    made = call(calling)
    expect(page_of_ben.locator("[data-offer]")).to_have_count(1)
    let_time_run_out(made)
    calling.shows("timed-out", "No Helpers Available")
    expect(calling.panel).to_contain_text("All helpers are currently busy.")
    expect(page_of_ben.locator("[data-offer]")).to_have_count(0)
    expect(page_of_ben.locator("#no-offers")).to_be_visible()
    in_writing = calling.panel.get_by_role("link", name="Ask as a help request").get_attribute("href")
    calling.panel.get_by_role("link", name="Ask in Course Chat").click()
    expect(calling.page.get_by_role("textbox", name="Message", exact=True)).to_have_value(QUESTION)
    calling.page.goto(in_writing)
    expect(calling.page.get_by_label("Title")).to_have_value(QUESTION)


@WIDTHS
@pytest.mark.covers("HELP-29", "HELP-52", "HELP-64")
def test_cancelling_stops_the_waiting_on_both_sides(student, dashboard, width):
    page_of_ben, calling = dashboard(width), student(width)
    made = call(calling)
    expect(page_of_ben.locator("[data-offer]")).to_have_count(1)
    calling.press("Cancel")
    calling.shows("cancelled", "Request Cancelled")
    expect(page_of_ben.locator("[data-offer]")).to_have_count(0)
    calling.press("Close")
    expect(calling.dialog).to_have_count(0)
    expect(calling.pill).to_have_count(0)
    made.refresh_from_db()
    assert made.status == "cancelled"


@pytest.mark.covers("HELP-14", "HELP-15", "HELP-58")
def test_closed_it_goes_on_as_a_pill_from_page_to_page(student, dashboard):
    page_of_ben, calling = dashboard(), student()
    page = calling.page
    call(calling)
    calling.dialog.get_by_role("button", name="Close").click()
    expect(calling.dialog).to_have_count(0)
    expect(calling.pill).to_contain_text("Finding a Helper...")
    page.goto("/courses")
    page.reload()
    expect(calling.pill).to_contain_text("Finding a Helper...")
    calling.pill.click()
    calling.shows("waiting", "Finding a Helper...")
    page.mouse.click(5, 5)
    expect(calling.dialog).to_have_count(0)
    expect(calling.pill).to_be_focused()

    # When somebody comes, it opens by itself.
    page_of_ben.get_by_role("button", name="Accept").click()
    calling.shows("connected", "You're Connected!")
    page.keyboard.press("Escape")
    expect(calling.pill).to_contain_text("Ben Okoro")
    page_of_ben.get_by_role("button", name="End Session").click()
    calling.shows("complete", "Session Complete")
    expect(calling.panel).to_contain_text("Sessions under 5 minutes do not move points.")


@pytest.mark.covers("HELP-23", "HELP-59", "HELP-63", "HELP-120", "CHAT-11", "HELP-05")
def test_from_the_chat_the_course_opens_with_the_dialog_which_follows_who_comes(
    ada, course, student, dashboard, browse
):
    calling = Summoning(browse(ada))
    calling.page.goto(f"/courses/{course.pk}/chat")
    calling.page.get_by_role("link", name="Summon Help").click()
    calling.shows("no-helpers", "No Helpers Available")
    expect(calling.panel).to_contain_text("No helpers available right now. Try Course Chat instead.")
    expect(calling.panel.get_by_role("button", name="Summon Helper")).to_have_count(0)
    dashboard()
    calling.shows("initiating", "Get Help Now")
    expect(calling.panel.locator("#summon-helpers").get_by_role("img", name="Ben Okoro")).to_be_visible()
    expect(calling.panel.locator("#summon-helpers")).to_contain_text("1 helper online")
    expect(calling.panel.get_by_role("button", name="Summon Helper")).to_be_enabled()
    calling.press("Cancel")
    expect(calling.dialog).to_have_count(0)
    calling.page.reload()
    expect(calling.page.get_by_role("heading", level=1)).to_have_text("Brushes, paint and water")
    expect(calling.dialog).to_have_count(0)
    assert HelpSummons.objects.count() == 0


@pytest.mark.covers("HELP-72")
def test_a_helper_who_vanishes_is_named_and_who_returns_is_welcome(helper, student, dashboard, browse):
    page_of_ben, calling = dashboard(), student()
    made = connect(calling, page_of_ben)
    calling.field.fill("half a sentence")
    expect(page_of_ben.locator("#summon")).to_be_visible()
    page_of_ben.close()
    gone = calling.panel.get_by_text("Helper disconnected. Would you like to try again?")
    expect(gone).to_be_visible(timeout=60000)
    expect(calling.panel.get_by_role("button", name="Try again")).to_be_visible()
    assert violations(calling.page) == []
    browse(helper).goto(f"/summons/{made.pk}")
    expect(gone).to_have_count(0)
    expect(calling.field).to_have_value("half a sentence")


@pytest.mark.covers("HELP-93", "REC-38")
def test_a_match_that_nobody_was_left_to_tell_shows_at_the_next_sign_of_life(
    ada, helper, course, modules, dashboard, browse, monkeypatch
):
    dashboard()
    page = browse(ada)
    page.clock.install()
    page.goto(f"/courses/{course.pk}/content/{modules[0].pk}")
    calling = Summoning(page)
    made = call(calling)
    # As when the helper's server is killed after it has stored the match.
    monkeypatch.setattr(answering, "tell_matched", lambda _summons: None)
    accept_summons(summons_id=made.pk, by=helper)
    page.clock.fast_forward(20_500)
    calling.shows("connected", "You're Connected!")


@pytest.mark.covers("HELP-71")
def test_without_a_connection_the_call_says_so_and_can_be_made_again(student, dashboard, windows):
    windows.expect_problem("ERR_FAILED", "htmx:sendError", "htmx:afterRequest")
    dashboard()
    calling = student()
    open_dialog(calling)
    calling.field.fill(QUESTION)
    overhear(calling.page, swallow=True)
    calling.page.route("**/summons", lambda route: route.abort())
    calling.press("Summon Helper")
    expect(calling.panel).to_contain_text("Unable to connect. Please try again.")
    expect(calling.field).to_have_value(QUESTION)
    calling.page.unroute("**/summons")
    calling.panel.get_by_role("button", name="Try again").click()
    calling.shows("waiting", "Finding a Helper...")
    assert HelpSummons.objects.get().message == QUESTION


def overhear(page: Page, *, swallow: bool = False) -> list[str]:
    """The types of the frames that this page sends from now on; the server gets none of them with `swallow`."""
    heard: list[str] = []
    page.expose_function("overheard", lambda text: heard.append(json.loads(text)["type"]))
    page.evaluate(
        """swallow => {
            const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (text) { overheard(text); if (!swallow) send.call(this, text); };
        }""",
        swallow,
    )
    return heard


def test_what_others_wait_for_goes_ahead_on_the_open_socket_and_the_form_follows(student, dashboard):
    bens, calling = dashboard(), student()
    open_dialog(calling)
    adas_frames, bens_frames = overhear(calling.page), overhear(bens)
    with calling.page.expect_request(lambda request: request.method == "POST") as form:
        calling.press("Summon Helper")
    assert (form.value.url.endswith("/summons"), adas_frames) == (True, ["summon"])
    with bens.expect_request(lambda request: request.method == "POST") as form:
        bens.get_by_role("button", name="Accept").click()
    assert (form.value.url.endswith("/acceptance"), bens_frames) == (True, ["accept_summons"])
    calling.shows("connected", "You're Connected!")
    Summoning(bens).shows("connected", "You're Connected!")


def test_a_press_that_the_socket_does_not_answer_goes_by_its_form_alone(student, dashboard):
    dashboard()
    calling = student()
    open_dialog(calling)
    frames = overhear(calling.page, swallow=True)
    calling.press("Summon Helper")
    calling.shows("waiting", "Finding a Helper...")
    assert frames[0] == "summon"


@pytest.mark.covers("HELP-46")
def test_skip_asks_once_by_the_keyboard_and_lets_go(student, dashboard):
    calling = student()
    connect(calling, dashboard())
    age(HelpSession.objects.get(), seconds=361)
    page = calling.page
    calling.panel.get_by_role("button", name="End Session").press("Enter")
    calling.shows("complete", "Session Complete")
    calling.panel.get_by_text("Skip", exact=True).press("Enter")
    calling.shows("complete", "Skip without thanking Ben Okoro?")
    calling.panel.get_by_text("Go back and award").press("Enter")
    calling.shows("complete", "Session Complete")
    expect(calling.panel.get_by_role("slider")).to_be_visible()
    page.keyboard.press("Escape")
    expect(calling.dialog).to_have_count(0)
    expect(calling.pill).to_have_text("Thank Ben Okoro")
    calling.pill.press("Enter")
    calling.shows("complete", "Session Complete")
    calling.panel.get_by_text("Skip", exact=True).press("Enter")
    calling.shows("complete", "Skip without thanking Ben Okoro?")
    calling.panel.get_by_role("button", name="Skip anyway").press("Enter")
    expect(calling.dialog).to_have_count(0)
    expect(calling.pill).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Brushes, paint and water")
