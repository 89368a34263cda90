"""The bell, the pages of notifications and of points, in a real browser against a real web process."""

import pytest
from playwright.sync_api import expect

from peerloop.core.notifications import queries
from peerloop.core.notifications.services import notify
from peerloop.core.notifications.tickets import MailTicket, written
from peerloop.core.realtime import groups
from peerloop.core.realtime.bus import client
from peerloop.core.realtime.services import channel_of
from tests.support.axe import in_light_and_dark
from tests.support.browsers import DESKTOP, PHONE, browse, chromium, chromium_program, windows  # noqa: F401 - fixtures
from tests.support.processes import wait_until

# A loudspeaker that writes down what it was given, and takes a while.
AUDIO = """
window.played = [];
window.Audio = class {
  constructor(address) { this.address = address; }
  async play() { played.push(this.address); setTimeout(() => this.onended(), 2000); }
};
"""
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def site(chromium_program, web):  # noqa: F811
    return web


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


@pytest.mark.covers("SESS-41")
def test_of_all_tabs_one_sounds_once_it_was_wished_for(ada, ben, open_page):
    settings = open_page(ada, "/settings/notifications")
    thank(ben, ada)
    expect(settings.badge).to_have_text("1")
    settings.page.get_by_label("Play a sound when something arrives").check()
    settings.page.get_by_role("button", name="Save changes").click()
    expect(settings.page.get_by_text("Saved.")).to_be_visible()
    tabs = [settings.page.context.new_page() for _ in range(2)]
    for tab in tabs:
        tab.add_init_script(AUDIO)
        with tab.expect_response("**/notifications/bell"):
            tab.goto("/points")
    settings.page.close()
    thank(ben, ada)
    for tab in tabs:
        expect(Bell(tab).badge).to_have_text("2")
    assert sorted(tab.evaluate("played") for tab in tabs) == [[], ["/notification.mp3"]]


@pytest.mark.covers("SESS-42")
def test_who_leaves_the_page_is_not_told_any_more(ada, open_page):
    def listening():
        channel = channel_of(groups.pages(groups.person(ada.pk)))
        return dict(client().pubsub_numsub(channel))[channel]

    bell = open_page(ada)
    assert listening() == 1
    bell.page.goto("about:blank")
    wait_until(lambda: listening() == 0)


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


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_axe_finds_nothing_on_any_page_nor_in_the_open_list(ada, ben, open_page, width):
    thank(ben, ada, 3)
    bell, problems = open_page(ada, width=width), []
    end_of_mails = f"/mails/off/{written(MailTicket(ada.pk, ben.pk, 'points_received'))}"
    for path in ("/notifications", "/points", "/points/earn", "/settings/notifications", end_of_mails):
        with bell.page.expect_response("**/notifications/bell"):
            bell.page.goto(path)
        if path == "/points/earn":
            bell.button.click()
            expect(bell.list).to_be_visible()
        problems += in_light_and_dark(bell.page)
        assert bell.page.evaluate("document.documentElement.scrollWidth") == width
    assert not problems, "\n".join(problems)
