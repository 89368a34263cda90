"""A tab that can fall asleep. Playwright keeps its own pages awake and visible; it does not look after this one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser

from tests.support.browsers import session
from tests.support.processes import wait_until
from tests.support.site import Site

WATCH = """
window.ticks = 0; window.life = [];
setInterval(() => { ticks += 1; }, 100);
document.addEventListener("visibilitychange", () => life.push(document.visibilityState));
document.addEventListener("freeze", () => life.push("freeze"));
"""


class Tab:
    """Driven by the Chrome DevTools Protocol alone. `life` is what befell it, `ticks` its tenths of a second awake."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser.new_browser_cdp_session()
        self.browser.on("Target.receivedMessageFromTarget", self._hear)
        self.target = self.browser.send("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = self.browser.send("Target.attachToTarget", {"targetId": self.target, "flatten": False})
        self._session, self._answers, self._asked = attached["sessionId"], {}, 0

    def open(self, site: Site, path: str, user: Any) -> None:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session(user), "url": site.address}
        self.ask("Network.setCookie", **cookie)
        self.ask("Page.navigate", url=f"{site.address}{path}")
        wait_until(lambda: self.says("document.readyState") == "complete" and self.says("location.pathname") == path)
        self.says(WATCH)

    def sleep(self) -> None:
        """Hidden, and all its timers and scripts stopped, as Chromium does with what was in the background for long."""
        self.ask("Page.setWebLifecycleState", state="frozen")

    def wake_up(self) -> None:
        self.ask("Page.setWebLifecycleState", state="active")

    def says(self, script: str) -> Any:
        return self.ask("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._asked += 1
        message = json.dumps({"id": self._asked, "method": method, "params": params})
        self.browser.send("Target.sendMessageToTarget", {"sessionId": self._session, "message": message})
        while self._asked not in self._answers:
            self.browser.send("Browser.getVersion")  # each answer lets Playwright hear what came in before it
        return self._answers.pop(self._asked)["result"]

    def _hear(self, event: dict[str, Any]) -> None:
        answer = json.loads(event["message"])
        self._answers[answer.get("id")] = answer


@contextmanager
def background_tab(browser: Browser) -> Iterator[Tab]:
    tab = Tab(browser)
    try:
        yield tab
    finally:
        tab.browser.send("Target.closeTarget", {"targetId": tab.target})
