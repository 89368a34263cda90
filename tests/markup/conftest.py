"""A browser that sees one page of parts, with the site's own content policy and without a server behind it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.template import RequestContext, Template
from django.test import RequestFactory

from peerloop.core import slots
from peerloop.core.accounts.models import User
from peerloop.core.markup import navigation

HOME = "http://localhost/"
POLICY = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip
PARTS = Path(__file__).with_name("parts.html")


@pytest.fixture(scope="module")
def chromium():
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.skip("needs Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def parts(monkeypatch) -> str:
    """The page of parts as HTML, drawn for Ada without a database."""
    monkeypatch.setattr(slots, "_fillings", {})
    monkeypatch.setattr(navigation, "_entries", {})
    navigation.add("account_email", "Email", icon="list", places={"tab", "account"})
    request = RequestFactory().get("/")
    request.user = User(username="ada", name="Ada Lind")
    return Template(PARTS.read_text()).render(RequestContext(request))


@pytest.fixture(params=["wide", "phone"])
def page(request, chromium, parts) -> Iterator:
    """The page of parts, opened. `page.answers` says what other addresses answer: path -> (status, HTML)."""
    phone = request.param == "phone"
    size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
    context = chromium.new_context(viewport=size, has_touch=phone, is_mobile=phone, locale="en-GB")
    page = context.new_page()
    page.answers = {"/": (200, parts)}
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda message: _note(page, message))
    page.route("**/*", lambda route: _answer(route, page.answers))
    page.route_web_socket("**/*", lambda _socket: None)  # opens, and says nothing
    page.goto(HOME)
    yield page
    context.close()
    assert page.complaints == []


def _note(page, message) -> None:
    # An answer of 4xx is logged as an error by the browser and by htmx; that is what those tests are about.
    if message.type == "error" and "tatus" not in message.text:
        page.complaints.append(message.text)


def _answer(route, answers) -> None:
    path = urlsplit(route.request.url).path
    if path.startswith("/static/"):
        route.fulfill(path=finders.find(path.removeprefix("/static/")))
        return
    status, html = answers.get(path, (404, "<!doctype html><title>No</title>"))
    headers = {"Content-Type": "text/html", "Content-Security-Policy": POLICY}
    route.fulfill(status=status, body=html, headers=headers)
