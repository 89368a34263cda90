"""The small scripts, in a browser, under the content policy, on a desktop and on a phone."""

import pytest

pytestmark = pytest.mark.browser

FOCUSED = "document.activeElement.textContent.trim()"


def test_a_menu_opens_beside_its_button_and_closes_again(page):
    button, menu = page.locator(".pl-me"), page.locator("#account-menu")
    button.click()
    page.wait_for_function("document.querySelector('#account-menu').getBoundingClientRect().top > 0")
    assert (menu.is_visible(), button.get_attribute("aria-expanded")) == (True, "true")
    below, box = button.bounding_box(), menu.bounding_box()
    assert box["y"] == pytest.approx(below["y"] + below["height"] + 6, abs=1)
    assert box["x"] + box["width"] == pytest.approx(below["x"] + below["width"], abs=1)
    page.mouse.click(5, 400)
    assert (menu.is_visible(), button.get_attribute("aria-expanded")) == (False, "false")


def test_a_menu_is_walked_by_the_keyboard_alone(page):
    page.locator(".pl-me").focus()
    page.keyboard.press("ArrowDown")
    first = page.evaluate(FOCUSED)
    page.keyboard.press("End")
    assert page.evaluate(FOCUSED) == "Sign Out"
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUSED) == first
    page.keyboard.press("Escape")
    assert not page.locator("#account-menu").is_visible()
    assert page.evaluate("document.activeElement.className").endswith("pl-me")


def test_the_theme_changes_and_is_remembered_for_the_server(page):
    page.locator(".pl-me").click()
    page.locator("#account-menu [data-theme-toggle]").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}["theme"] == "dark"


def test_a_dialog_opens_closes_and_gives_the_focus_back(page):
    page.locator("[data-dialog-open]").click()
    assert page.locator("#sure").is_visible()
    page.locator("#sure [data-dialog-close]").click()
    assert not page.locator("#sure").is_visible()
    assert page.evaluate(FOCUSED) == "Delete"
    page.locator("[data-dialog-open]").click()
    page.mouse.click(5, 5)
    assert not page.locator("#sure").is_visible()


def test_a_fetched_dialog_opens_itself_and_leaves_nothing_behind(page):
    page.answers["/dialog"] = (200, '<dialog class="pl-dialog" id="new" data-dialog-show><p>Hello</p></dialog>')
    page.locator("#fetch").click()
    page.locator("#new").wait_for()
    page.keyboard.press("Escape")
    page.locator("#new").wait_for(state="detached")
    assert page.evaluate(FOCUSED) == "Fetch"


def test_a_refused_form_shows_why_and_keeps_what_was_typed(page):
    page.answers["/ask"] = (422, "<p>Say a little more.</p>")
    page.locator("#text").fill("half a thought")
    page.locator("#ask button").click()
    page.get_by_text("Say a little more.").wait_for()
    assert page.locator("#text").input_value() == "half a thought"
    page.reload()
    assert page.locator("#text").input_value() == "half a thought"
    assert page.locator("#text-count").text_content() == "14 / 20"


def test_an_accepted_form_forgets_its_draft(page):
    page.answers["/ask"] = (200, "<p>Asked.</p>")
    page.locator("#text").fill("a whole thought")
    page.locator("#ask button").click()
    page.get_by_text("Asked.").wait_for()
    page.reload()
    assert page.locator("#text").input_value() == ""


@pytest.mark.parametrize(("status", "kept"), [(200, ""), (422, "remember")])
def test_a_plain_form_forgets_its_draft_only_when_it_was_accepted(page, parts, status, kept):
    again = parts.replace('id="note"', 'id="note" value="remember"') if kept else parts
    page.answers["/plain"] = (status, again)
    page.locator("#note").fill("remember")
    page.locator("#plain button").click()
    page.wait_for_url("**/plain")
    page.goto("http://localhost/")
    assert page.locator("#note").input_value() == kept


def test_another_person_at_the_same_computer_does_not_read_the_draft(page, parts):
    page.locator("#text").fill("private")
    page.answers["/"] = (200, parts.replace('data-user="', 'data-user="x'))
    page.reload()
    assert page.locator("#text").input_value() == ""


@pytest.mark.parametrize(
    ("status", "notice"),
    [
        (404, "That is not here any more."),
        (403, "That was refused. Reload the page, then try again."),
        (500, "That did not work on our side. Nothing was changed. Try again."),
    ],
)
def test_a_whole_error_page_becomes_a_notice(page, status, notice):
    page.answers["/ask"] = (status, "\n<!doctype html><title>Error</title><p>Whole page</p>")
    page.locator("#ask button").click()
    page.locator("#toasts .pl-toast").wait_for()
    assert page.locator("#toasts .pl-toast span").text_content() == notice
    assert page.get_by_text("Whole page").count() == 0
    page.locator("[data-toast-close]").last.click()
    assert page.locator("#toasts .pl-toast").count() == 0


def test_a_slider_says_its_value_what_is_left_and_which_guide_fits(page):
    page.locator("#helped").click()
    page.locator("#points").focus()
    page.keyboard.press("ArrowRight")
    award = page.locator("#award")
    assert (award.locator("[data-out]").text_content(), award.locator("[data-left]").text_content()) == ("6", "79")
    award.locator("[data-set-range]").click()
    assert page.locator("#points").input_value() == "15"
    assert award.locator("[data-set-range]").get_attribute("aria-pressed") == "true"
    assert award.locator(".arc").get_attribute("stroke-dasharray") == "60 100"


def test_tabs_are_chosen_by_a_press(page):
    page.locator('[data-tab-to="queue"]').click()
    assert page.locator("#panes").get_attribute("data-tab") == "queue"
    assert page.locator('[data-tab-to="chat"]').get_attribute("aria-pressed") == "false"


def touch(page, selector: str, *events: str, to: int = 0) -> None:
    """Touch events as a finger makes them, starting in the middle of `selector` and moving `to` pixels sideways."""
    page.evaluate(
        """([selector, names, to]) => {
          const target = document.querySelector(selector), box = target.getBoundingClientRect();
          names.forEach((name, step) => {
            const at = {clientX: box.x + 60 + (step ? to : 0), clientY: box.y + 5};
            const point = new Touch({identifier: 1, target, ...at});
            const touches = name === "touchend" ? [] : [point];
            target.dispatchEvent(name.startsWith("touch")
              ? new TouchEvent(name, {bubbles: true, touches, changedTouches: [point]})
              : new PointerEvent(name, {bubbles: true, pointerType: "touch", ...at}));
          });
        }""",
        [selector, events, to],
    )


def test_a_swipe_goes_to_the_next_tab_and_back(page):
    touch(page, "#pane", "touchstart", "touchend", to=-120)
    assert page.locator("#panes").get_attribute("data-tab") == "queue"
    touch(page, "#pane", "touchstart", "touchend", to=40)
    assert page.locator("#panes").get_attribute("data-tab") == "queue"
    touch(page, "#pane", "touchstart", "touchend", to=120)
    assert page.locator("#panes").get_attribute("data-tab") == "chat"


def test_a_long_press_offers_the_points_and_a_moving_finger_does_not(page):
    touch(page, "#held", "pointerdown", "pointermove", to=30)
    page.wait_for_timeout(700)
    assert not page.locator("#award").is_visible()
    touch(page, "#held", "pointerdown")
    page.locator("#award").wait_for(timeout=2000)


def test_times_are_written_for_the_viewer(page):
    assert page.locator("#clock").text_content() == page.evaluate(
        """new Intl.DateTimeFormat("en-GB", {hour: "2-digit", minute: "2-digit"}).format(
             new Date("2026-03-12T18:41:00Z"))"""
    )
    page.evaluate("document.querySelector('#then').dateTime = new Date(Date.now() - 6 * 60000).toISOString()")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert page.locator("#then").text_content() == "6 minutes ago"


def test_being_offline_is_said(page):
    assert not page.locator("#offline").is_visible()
    page.context.set_offline(True)
    page.locator("#offline").wait_for()
    page.context.set_offline(False)
    page.locator("#offline").wait_for(state="hidden")


def test_the_more_sheet_opens_on_phones_only(page):
    button = page.locator(".pl-tabbar button")
    if page.viewport_size["width"] > 991:
        assert not button.is_visible()
        return
    button.click()
    assert page.locator("#more").is_visible()
    page.locator("#more .btn-close").click()
    assert not page.locator("#more").is_visible()
