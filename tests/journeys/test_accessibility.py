"""Everybody can read and use every page: axe finds nothing, and whole flows need no mouse."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import override_settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.support.axe import in_every_look
from tests.support.chat_page import ChatPage

pytestmark = pytest.mark.browser


@pytest.fixture
def lived_in(ada, ben, mei, course, room, say):
    """A room, a ledger and a bell that have something to show."""
    question = say(ada, "How **thin** should `paint` be?\n\n```python\nthin = 2 / 3\n```", question=True)
    answer = say(ben, "Like milk, @ada.", to=question)
    say(ada, "And which brush for [edges](https://example.com)?", question=True)
    say(ben, "Welcome, everybody!")
    return answer


# Those of signing in, of the settings and of points are looked at beside their other tests in a browser.
VISITORS = ["home", "course_list", "account_email_verification_sent"]
MEMBERS = ["home", "course_list", "dashboard", "notifications", "socialaccount_connections"]


def check(page: Page, addresses: list[str]) -> None:
    problems = []
    for address in addresses:
        page.goto(address)
        problems += in_every_look(page)
    assert not problems, "\n".join(problems)


def test_axe_finds_nothing_on_the_pages_of_visitors(course, browse):
    addresses = [reverse(name) for name in VISITORS]
    check(browse(), [*addresses, reverse("course_detail", args=[course.pk])])


def test_axe_finds_nothing_on_the_pages_of_a_student(ada, lived_in, course, modules, browse, windows):
    addresses = [reverse(name) for name in MEMBERS]
    check(
        browse(ada),
        [
            *addresses,
            reverse("course_detail", args=[course.pk]),
            reverse("module_detail", args=[course.pk, modules[0].pk]),
            reverse("profile", args=["mei"]),
            reverse("profile", args=["ada"]),
            reverse("helper_profile", args=["ben"]),
        ],
    )


def test_axe_finds_nothing_on_the_pages_of_a_helper(ben, lived_in, course, browse):
    check(browse(ben), [reverse("helper_dashboard"), reverse("helper_profile", args=["ben"])])


def test_axe_finds_nothing_on_pages_that_say_no(oskar, course, browse, windows):
    windows.expect_problem("403 (Forbidden)", "404 (Not Found)")
    check(browse(oskar), ["/nowhere", f"/courses/{course.pk}/chat", f"/courses/{course.pk}/content"])


def test_axe_finds_nothing_in_the_chat_nor_in_what_it_opens(ada, lived_in, course, browse):
    chat = ChatPage(browse(ada)).open(course)
    problems = list(in_every_look(chat.page))
    for opened in opened_in(chat):
        problems += [f"{opened}: {problem}" for problem in in_every_look(chat.page)]
    assert not problems, "\n".join(problems)


def opened_in(chat: ChatPage) -> Iterator[str]:
    """Open one thing after the other; each stays open until the next is asked for."""
    page = chat.page
    steps: dict[str, Callable[[], Any]] = {
        "award": lambda: page.get_by_role("button", name="This Helped!").click(),
        "settings": lambda: page.get_by_role("button", name="Room settings").click(),
        "search": lambda: page.get_by_role("button", name="Search in this room").click(),
        "menu": page.get_by_role("button", name="More about this message").first.click,
        "help queue": lambda: page.get_by_role("button", name="Help queue").click(),
    }
    for name, open_it in steps.items():
        open_it()
        page.wait_for_load_state("networkidle")
        yield name
        page.keyboard.press("Escape")


# -- without a mouse -------------------------------------------------------------------------------------------------


def tab_to(page: Page, name: str, *, backwards: bool = False, most: int = 60) -> None:
    """Press Tab until the element with this accessible name has the focus, as somebody without a mouse does."""
    seen = []
    for _ in range(most):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        seen.append(page.evaluate(FOCUSED))
        if name in seen[-1]:
            return
    raise AssertionError(f"{name!r} cannot be reached by Tab; passed: {seen}")


FOCUSED = """() => {
  const at = document.activeElement;
  const label = at.labels?.[0]?.innerText;
  return (at.ariaLabel || label || at.innerText || at.tagName).trim();
}"""


def test_from_signing_in_to_the_award_by_keyboard_alone(ada, ben, course, room, say, browse, site):
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"]):
        ada.password = make_password("peerloop")  # as the site itself stores it; tests store a quicker kind
        ada.save()
    say(ben, "Like milk.", to=say(ada, "How thin?", question=True))
    page = browse()
    keyboard = page.keyboard

    # Sign in.
    page.goto("/")
    tab_to(page, "Sign in")
    keyboard.press("Enter")
    page.wait_for_url("**/accounts/login/*")
    tab_to(page, "Email")
    keyboard.type("ada@example.com")
    tab_to(page, "Password")
    keyboard.type("peerloop")
    keyboard.press("Enter")
    page.wait_for_url("**/dashboard")

    # To the course, past the header by its first link, and into its chat.
    page.goto(f"/courses/{course.pk}/content")
    tab_to(page, "Skip to content", most=1)
    keyboard.press("Enter")
    chat = ChatPage(page)
    tab_to(page, "Course Chat")
    keyboard.press("Enter")
    chat.live()

    # Ask.
    tab_to(page, "Message")
    while page.evaluate("document.activeElement.id") != "message-text":
        tab_to(page, "Message")
    tab_to(page, "Ask Question")
    keyboard.press("Space")
    tab_to(page, "Message", backwards=True)
    keyboard.type("And which brush?")
    keyboard.press("Enter")
    expect(chat.thread("And which brush?")).to_have_count(1)
    expect(chat.composer).to_be_focused()

    # Open the menu of the answer, walk in it, leave it: the focus is back where it was.
    tab_to(page, "This Helped!", backwards=True)
    tab_to(page, "More about this message")
    keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Copy link")).to_be_focused()
    keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Report to moderators")).to_be_focused()
    keyboard.press("Escape")
    expect(page.get_by_role("menu", name="This message")).to_be_hidden()
    assert page.evaluate(FOCUSED) == "More about this message"

    # Thank for the answer: two points more than the slider stands at.
    tab_to(page, "This Helped!", backwards=True)
    keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="This Helped!")
    expect(dialog).to_be_visible()
    tab_to(page, "Points to award")
    keyboard.press("ArrowRight")
    keyboard.press("ArrowRight")
    tab_to(page, "Confirm")
    keyboard.press("Enter")
    expect(chat.message("Like milk.")).to_contain_text("You gave Ben Okoro 7 points")
    expect(chat.points).to_have_text("43 points to give")
