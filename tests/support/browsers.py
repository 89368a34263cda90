"""Real browsers: `browse(ada)` is a page of the site in a window of Ada's own, signed in.

A message in the console or an uncaught error fails the test, unless the test says which words it expects.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.support.patience import PATIENCE
from tests.support.site import Site

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A camera, a microphone and a screen for those who call each other, and nobody to ask for them.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
MISSING = "needs Chromium (Debian: apt-get install chromium)"
DESKTOP, PHONE = 1440, 390
expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="session")
def chromium_program() -> str:
    """The path of the browser; asked for before anything is started in vain."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        (pytest.fail if os.environ.get("PEERLOOP_REQUIRE_ALL") == "1" else pytest.skip)(MISSING)
    return path


@pytest.fixture(scope="module")
def chromium(chromium_program: str) -> Iterator[Browser]:
    """One browser for the tests of a file; each window of it is a person of its own."""
    # Playwright keeps a loop in this thread, which Django would take for a coroutine.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_program, args=FLAGS)
            yield browser
            browser.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Windows:
    """Opens windows and remembers what went wrong in them."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.expected: set[str] = set()
        self._problems: list[str] = []
        self._contexts: list[BrowserContext] = []

    def expect_problem(self, *words: str) -> None:
        """Let messages of the console that hold any of these words pass: what a cut line makes Chromium say."""
        self.expected.update(words)

    @property
    def problems(self) -> list[str]:
        return [each for each in self._problems if not any(words in each for words in self.expected)]

    def open(self, site: Site, user: Any = None, *, width: int = DESKTOP, scheme: str = "light") -> Page:
        context = self.browser.new_context(
            base_url=site.address,
            viewport={"width": width, "height": 844 if width == PHONE else 900},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            has_touch=width == PHONE,
            is_mobile=width == PHONE,
            locale="en-GB",
            timezone_id="Europe/London",
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE * 1000)
        if user is not None:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session(user), "url": site.address}])
        page = context.new_page()
        page.on("console", lambda message: self._note(message.type, message.text, message.location.get("url", "")))
        page.on("pageerror", lambda error: self._problems.append(f"uncaught: {error}"))
        return page

    def _note(self, kind: str, text: str, place: str) -> None:
        if kind == "error":
            self._problems.append(f"{kind}: {text} ({place})")

    def close(self) -> None:
        for context in self._contexts:
            with suppress(Error):
                context.close()


def session(user: Any) -> str:
    """A new session of this person, as signing in makes one."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def windows(chromium: Browser, transactional_db: None) -> Iterator[Windows]:
    opened = Windows(chromium)
    yield opened
    opened.close()
    assert not opened.problems, "\n".join(opened.problems)


@pytest.fixture
def browse(windows: Windows, site: Site):
    """`browse(ada)`, `browse(ada, width=PHONE, scheme="dark")`, `browse()` for a visitor."""

    def open_page(user: Any = None, **look: Any) -> Page:
        return windows.open(site, user, **look)

    return open_page
