"""The bell, the pages of notifications and of points, in a real browser against a real web process."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from peerloop.core.notifications import queries
from peerloop.core.notifications.services import notify
from tests.support.browsers import DESKTOP, PHONE, browse, chromium, chromium_program, windows  # noqa: F401 - fixtures
from tests.support.site import web_process

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def site(chromium_program, django_db_setup, django_db_blocker, valkey, tmp_path_factory):  # noqa: F811
    with django_db_blocker.unblock(), web_process(tmp_path_factory.mktemp("site")) as site:
        yield site


def thank(giver, recipient, number=1):
    """What another process of the site tells while the page is open."""
    for points in range(1, number + 1):
        notify(
            kind="points_received",
            to=[recipient.pk],
            by=giver,
            description="An answer in Course Chat",
            target="/points/earn",
            data={"points": f"{points} points"},
        )


class Bell:
    def __init__(self, page):
        self.page, self.list = page, page.locator("#bell-list")
        self.button = page.get_by_role("button", name="Notifications")
        self.badge = self.button.locator(".pl-count > [aria-hidden]")
        self.items = self.list.get_by_role("listitem")


@pytest.fixture
def open_page(browse):  # noqa: F811
    def visit(person, path="/points", **look):
        page = browse(person, **look)
        with page.expect_response("**/notifications/bell"):  # the line is open
            page.goto(path)
        return Bell(page)

    return visit


@pytest.mark.covers("SESS-49", "SESS-50", "SESS-53")
def test_the_bell_opens_and_closes_and_a_long_list_scrolls_inside(ada, ben, open_page):
    thank(ben, ada, 12)
    bell = open_page(ada)
    bell.button.click()
    expect(bell.list).to_be_visible()
    assert bell.list.locator("ul").evaluate("list => list.scrollHeight > list.clientHeight")
    bell.button.click()
    expect(bell.list).to_be_hidden()
    bell.button.click()
    bell.page.mouse.click(20, 800)
    expect(bell.list).to_be_hidden()


@pytest.mark.covers("SESS-39", "SESS-47", "SESS-48")
def test_what_arrives_is_shown_at_once_in_every_window_and_an_open_list_stays_open(ada, ben, open_page):
    first, second = open_page(ada), open_page(ada)
    first.button.click()
    expect(first.list).to_contain_text("No new notifications")
    thank(ben, ada)
    for bell in (first, second):
        expect(bell.badge).to_have_text("1")
    expect(first.items).to_have_count(1)
    expect(first.list).to_be_visible()
    thank(ben, ada, 9)
    expect(second.badge).to_have_text("9+")


@pytest.mark.covers("SESS-39", "SESS-44", "SESS-52", "SESS-54")
def test_mark_all_read_empties_the_list_in_every_window(ada, ben, open_page):
    thank(ben, ada, 3)
    first, second = open_page(ada), open_page(ada)
    first.button.click()
    first.list.get_by_role("button", name="Mark all read").click()
    for bell in (first, second):
        expect(bell.badge).to_have_count(0)
    expect(first.list).to_contain_text("No new notifications")
    expect(first.list.get_by_role("button", name="Mark all read")).to_have_count(0)
    expect(first.button).to_be_focused()
    assert queries.feed(ada).items == []


@pytest.mark.covers("SESS-60")
def test_an_item_is_reached_and_followed_by_the_keyboard_alone(ada, ben, open_page):
    thank(ben, ada, 2)
    bell = open_page(ada)
    bell.button.focus()
    bell.page.keyboard.press("Enter")
    bell.list.get_by_role("link", name="Ben Okoro gave you 2 points").focus()
    with bell.page.expect_response("**/notifications/bell"):
        bell.page.keyboard.press("Enter")
        bell.page.wait_for_url("**/points/earn")
    expect(bell.list).to_be_hidden()
    expect(bell.badge).to_have_text("1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_axe_finds_nothing_on_any_page_nor_in_the_open_list(ada, ben, open_page, width, scheme):
    thank(ben, ada, 3)
    for path in ("/notifications", "/points", "/points/earn", "/settings/notifications"):
        bell = open_page(ada, path, width=width, scheme=scheme)
        if path == "/points/earn":
            bell.button.click()
            expect(bell.list).to_be_visible()
        found = Axe().run(bell.page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:160]) for each in found] == []
        assert bell.page.evaluate("document.documentElement.scrollWidth") == width
