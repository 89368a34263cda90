"""Course Chat in the hand: the whole screen, two tabs, a composer that stays, a long press that thanks."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browsers import PHONE
from tests.support.chat_page import ChatPage

pytestmark = pytest.mark.browser


@pytest.fixture
def chat(ada, ben, course, room, say, browse) -> ChatPage:
    """Ada's phone, in a room with more than fits on it."""
    for number in range(30):
        say(ben, f"Message {number}")
    say(ben, "Like milk.", to=say(ada, "How thin?", question=True))
    say(ada, "And which brush?", question=True)
    return ChatPage(browse(ada, width=PHONE)).open(course)


class Finger:
    """A finger on the screen, as the browser hears of it from the device."""

    def __init__(self, page: Page) -> None:
        self.device = page.context.new_cdp_session(page)

    def touch(self, kind: str, *place: float) -> None:
        points = [{"x": place[0], "y": place[1]}] if place else []
        self.device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def swipe(self, from_x: float, to_x: float, y: float) -> None:
        self.touch("touchStart", from_x, y)
        for step in range(1, 6):
            self.touch("touchMove", from_x + (to_x - from_x) * step / 5, y)
        self.touch("touchEnd")


def box(place: Locator) -> dict[str, float]:
    found = place.bounding_box()
    assert found
    return found


@pytest.mark.covers("CHAT-59")
def test_the_chat_takes_the_full_screen(chat):
    screen = chat.page.viewport_size
    room = box(chat.page.locator("[data-room]"))
    assert (room["x"], room["width"]) == (0, screen["width"])
    assert room["y"] + room["height"] == screen["height"]
    # Nothing beside it: neither the tab bar nor the footer, and the page itself does not scroll in any direction.
    expect(chat.page.locator(".pl-tabbar, body > footer")).to_have_count(0)
    size = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert chat.page.evaluate(size) == [screen["width"], screen["height"]]


@pytest.mark.covers("CHAT-61")
def test_the_composer_sticks_to_the_bottom(chat):
    def bottom() -> float:
        form = box(chat.page.locator("#composer"))
        return form["y"] + form["height"]

    at_first = bottom()
    assert chat.page.viewport_size["height"] - at_first < 60  # below it stand only the points
    chat.page.locator("#stream").evaluate("(stream) => { stream.scrollTop = 0; }")
    expect(chat.message("Message 0").first).to_be_in_viewport()
    assert bottom() == at_first
    expect(chat.composer).to_be_in_viewport(ratio=1)


@pytest.mark.covers("CHAT-31", "CHAT-60")
def test_the_help_queue_is_reached_by_its_tab_and_by_a_swipe(chat):
    queue, stream, finger = chat.page.locator("#queue"), chat.page.locator("#stream"), Finger(chat.page)
    expect(queue).to_be_hidden()
    chat.page.get_by_role("button", name="Help queue").tap()
    expect(queue).to_be_visible()
    expect(stream).to_be_hidden()
    finger.swipe(80, 330, 300)
    expect(stream).to_be_visible()
    expect(queue).to_be_hidden()
    finger.swipe(330, 80, 300)
    expect(queue).to_be_visible()
    expect(chat.page.get_by_role("button", name="Help queue")).to_have_attribute("aria-pressed", "true")


@pytest.mark.covers("CHAT-34")
def test_a_question_of_the_queue_leads_to_its_place_in_the_chat(chat):
    chat.page.locator("#stream").evaluate("(stream) => { stream.scrollTop = 0; }")
    chat.page.get_by_role("button", name="Help queue").tap()
    chat.pending.filter(has_text="And which brush?").tap()
    expect(chat.thread("And which brush?")).to_be_in_viewport()


@pytest.mark.covers("CHAT-62")
def test_a_long_press_on_an_answer_opens_the_award(chat):
    finger, answer = Finger(chat.page), chat.message("Like milk.").locator(".pl-msg__text")
    answer.hover()  # waits until the stream has come to rest
    place = box(answer)
    # Right of the words: near a link the browser takes the finger to mean the link.
    finger.touch("touchStart", place["x"] + 180, place["y"] + 12)
    dialog = chat.page.get_by_role("dialog", name="This Helped!")
    expect(dialog).to_be_visible()
    finger.touch("touchEnd")
    dialog.get_by_role("button", name="Confirm").tap()
    expect(chat.message("Like milk.")).to_contain_text("You gave Ben Okoro 5 points")


def test_a_short_tap_on_an_answer_opens_nothing(chat):
    chat.message("Like milk.").locator(".pl-msg__text").tap()
    chat.page.wait_for_timeout(900)
    expect(chat.page.get_by_role("dialog", name="This Helped!")).to_have_count(0)
