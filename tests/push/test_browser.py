"""Push in a real browser: what the page of the settings says in each state, and what the worker does with a push.

No push service can be reached from a test, so the browser's PushManager gives a subscription to one on the loopback.
The worker is the real one: Chromium delivers what it is handed to it, as it would what a push service sent.
"""

import json
from contextlib import suppress

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from helpdesk.models import HelpSummons, SummonsOffer
from helpdesk.summons.services.calling import cancel_summons
from helpdesk.summons.tickets import ticket_of
from peerloop.core.push.models import PushDevice
from peerloop.core.push.services import keys
from tests.factories.push import Browser, device_of, devices, raw
from tests.support.axe import in_light_and_dark
from tests.support.browsers import DESKTOP, PHONE, browse, chromium, chromium_program, windows  # noqa: F401 - fixtures
from tests.support.processes import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = "/settings/notifications"
# What the browser's own push service would give; `refuses` as when it cannot be reached.
STAND_IN = """
const given = %s;
let current = null;
PushManager.prototype.getSubscription = async () => current;
PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
  if (given.refuses) throw new DOMException("Registration failed", "AbortError");
  window.asked = { userVisibleOnly, key: [...applicationServerKey] };
  current = {
    endpoint: given.endpoint,
    options: { applicationServerKey: applicationServerKey.buffer },
    toJSON: () => given,
    unsubscribe: async () => { current = null; return true; },
  };
  return current;
};
"""
UNSUPPORTED = "delete window.PushManager;"


@pytest.fixture(scope="module")
def site(chromium_program, web):  # noqa: F811
    return web


@pytest.fixture
def visit(browse, push_service):  # noqa: F811
    """`visit(ben, allowed=True)`: the page of the settings in a browser with that stand-in."""

    def open_page(person, *, allowed: bool = False, script: str = "", refuses: bool = False, **look) -> Page:
        page = browse(person, **look)
        given = {**Browser(push_service, "chromium").subscription, "refuses": refuses}
        page.add_init_script(script or STAND_IN % json.dumps(given))
        if allowed:
            page.context.grant_permissions(["notifications"])
        page.goto(PAGE)
        return page

    return open_page


def state(page: Page):
    return page.locator("#push [data-push]:visible")


def test_it_is_turned_on_and_off_in_this_browser(ben, visit):
    page = visit(ben, allowed=True)
    expect(state(page)).to_contain_text("Tell me on this device")
    state(page).get_by_role("button", name="Turn on").click()
    expect(state(page)).to_contain_text("Push is on in this browser")
    assert page.evaluate("window.asked") == {"userVisibleOnly": True, "key": list(raw(keys.public_key()))}
    row = page.locator("#push-devices li")
    expect(row).to_contain_text("This one")
    expect(page.locator("#push-said")).to_have_text("Push is on on this device.")
    expect(state(page).get_by_role("button", name="Turn off")).to_be_focused()
    assert devices() == ["Chrome on Linux"]
    state(page).get_by_role("button", name="Turn off").click()
    expect(state(page)).to_contain_text("Tell me on this device")
    expect(row).to_have_count(0)
    assert devices() == []


def test_a_push_service_that_cannot_be_reached_is_said_and_can_be_tried_again(ben, visit):
    page = visit(ben, allowed=True, refuses=True)
    state(page).get_by_role("button", name="Turn on").click()
    expect(state(page)).to_contain_text("did not answer")
    expect(state(page).get_by_role("button", name="Try again")).to_be_focused()
    assert devices() == []


def test_what_is_in_the_way_is_said_with_the_way_out(ben, visit):
    blocked = "Object.defineProperty(Notification, 'permission', { get: () => 'denied' });"
    expect(state(visit(ben, script=blocked))).to_contain_text("set “Notifications” to “Allow”")
    expect(state(visit(ben, script=UNSUPPORTED))).to_contain_text("This browser cannot receive push")
    phone = f"{UNSUPPORTED} Object.defineProperty(navigator, 'userAgent', {{ get: () => 'Mozilla/5.0 (iPhone)' }});"
    expect(state(visit(ben, script=phone))).to_contain_text("Add to Home Screen")


def test_another_device_is_turned_off_from_here_and_stays_off(ben, browser_of, visit):
    browser_of(ben, "old phone")
    page = visit(ben, allowed=True)
    state(page).get_by_role("button", name="Turn on").click()
    expect(page.locator("#push-devices li")).to_have_count(2)
    page.get_by_role("button", name="Turn push off on old phone").click()
    expect(page.locator("#push-devices li")).to_have_count(1)
    expect(state(page)).to_contain_text("Push is on in this browser")
    assert devices() == ["Chrome on Linux"]


def test_a_browser_whose_address_changed_says_so_at_the_next_visit(ben, browser_of, push_service, visit):
    old = browser_of(ben)
    page = visit(ben, allowed=True)
    page.evaluate("([user, endpoint]) => localStorage.setItem(`push:${user}`, endpoint)", [str(ben.pk), old.endpoint])
    with page.expect_response("**/api/push/devices") as asked:
        page.reload()
    assert asked.value.ok
    wait_until(lambda: PushDevice.objects.get().endpoint == f"{push_service.address}/chromium")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_axe_finds_nothing_when_it_is_on(ben, browser_of, visit, width):
    browser_of(ben, "a phone with a name so long that it has to be broken somewhere")
    page = visit(ben, allowed=True, width=width)
    state(page).get_by_role("button", name="Turn on").click()
    expect(page.locator("#push-devices li")).to_have_count(2)
    problems = list(in_light_and_dark(page))
    assert not problems, "\n".join(problems)
    assert page.evaluate("document.documentElement.scrollWidth") == width


# -- the worker --------------------------------------------------------------------------------------------------


class Worker:
    """The service worker of a window, and what it shows."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.origin, self.number = page, origin, ""
        self.protocol = page.context.new_cdp_session(page)
        self.protocol.on("ServiceWorker.workerRegistrationUpdated", self._remember)
        self.protocol.send("ServiceWorker.enable")
        page.evaluate(
            "navigator.serviceWorker.register('/service-worker.js').then(() => navigator.serviceWorker.ready)"
        )
        wait_until(lambda: page.evaluate("1") and self.number)

    def _remember(self, event) -> None:
        self.number = event["registrations"][0]["registrationId"] if event["registrations"] else self.number

    def push(self, **content) -> None:
        """Deliver it until it is shown: Chromium drops, without a word, what comes before it has stored the worker."""
        about = {"origin": self.origin, "registrationId": self.number, "data": json.dumps(content)}

        def arrives() -> bool:
            self.protocol.send("ServiceWorker.deliverPushMessage", about)
            with suppress(AssertionError):
                wait_until(lambda: content["title"] in [title for title, *_ in self.shown], seconds=1)
                return True
            return False

        wait_until(arrives, what=content)

    @property
    def shown(self) -> list[tuple]:
        return [
            tuple(each)
            for each in self.page.evaluate(
                """async () => (await (await navigator.serviceWorker.ready).getNotifications())
                    .map(({ title, body, tag, actions }) => [title, body, tag, actions.map((it) => it.title).join()])"""
            )
        ]

    def shows(self, *expected: tuple) -> None:
        wait_until(lambda: self.shown == list(expected), what=expected)

    def press(self, action: str = "") -> None:
        """Press a button beside the one notification that is shown."""
        context: BrowserContext = self.page.context
        wait_until(lambda: self.page.evaluate("1") and context.service_workers)
        context.service_workers[0].evaluate(
            """async (action) => {
                const [notification] = await self.registration.getNotifications();
                self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action }));
            }""",
            action,
        )


@pytest.fixture
def worker(browse, site, helper):  # noqa: F811
    page = browse(helper)
    page.context.grant_permissions(["notifications"])
    page.goto(PAGE)
    return Worker(page, site.address)


def call_on_the_phone(summons, helper, **changed) -> dict:
    ticket = ticket_of(SummonsOffer.objects.get(helper=helper))
    actions = [
        {"name": name, "label": label, "address": f"/summons/offers/{ticket}/{door}"}
        for name, label, door in (("accept", "Accept", "acceptance"), ("decline", "Not now", "refusal"))
    ]
    about = {"title": "Student needs help", "body": "Too thick.", "tag": "call", "url": "/helper/dashboard"}
    return {**about, "stays": True, "device": str(device_of(helper).pk), "actions": actions, **changed}


CALL = ("Student needs help", "Too thick.", "call", "Accept,Not now")


def test_a_call_is_shown_with_its_buttons_and_accept_takes_it(summons, helper, worker):
    worker.push(**call_on_the_phone(summons, helper))
    worker.shows(CALL)
    worker.press("accept")
    # No finger touched the screen, so Chromium opens no window; one more press does.
    worker.shows(("You are connected with Ada Lind", "Open it here.", "call", ""))
    assert HelpSummons.objects.get().responder == helper


def test_not_now_is_said_to_the_site_and_the_call_is_gone(summons, helper, worker):
    worker.push(**call_on_the_phone(summons, helper))
    worker.shows(CALL)
    worker.press("decline")
    worker.shows()
    wait_until(lambda: SummonsOffer.objects.get(helper=helper).answer == "declined")


def test_a_call_that_was_taken_is_replaced_by_a_line_that_goes_by_itself(summons, helper, worker):
    worker.push(**call_on_the_phone(summons, helper))
    worker.shows(CALL)
    worker.push(title="Somebody is helping now.", tag="call", closing=True)
    worker.shows(("Somebody is helping now.", "", "call", ""))
    worker.shows()


def test_a_stale_call_says_kindly_why_it_cannot_be_answered(summons, helper, ada, worker):
    worker.push(**call_on_the_phone(summons, helper))
    worker.shows(CALL)
    cancel_summons(summons_id=summons.pk, by=ada)
    worker.press("accept")
    worker.shows(("The student does not need help any more.", "Student needs help", "call", ""))


def test_without_a_connection_the_buttons_stay_to_be_pressed_again(summons, helper, worker, windows):  # noqa: F811
    windows.expect_problem("ERR_INTERNET_DISCONNECTED", "Failed to fetch", "ERR_CONNECTION", "WebSocket")
    call = call_on_the_phone(summons, helper)
    call["actions"][0]["address"] = "http://127.0.0.1:9/"
    worker.push(**call)
    worker.shows(CALL)
    worker.press("accept")
    again = "We could not reach PeerLoop. Press again once you are connected."
    worker.shows(("Student needs help", again, "call", "Accept,Not now"))
