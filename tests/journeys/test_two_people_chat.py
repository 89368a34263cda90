"""The story of Course Chat: Ada asks, Ben answers, both see the points move."""

import pytest
from playwright.sync_api import expect

from courses.services import certify
from peerloop.core.accounts.services import system
from tests.factories.courses import make_course
from tests.support.browsers import DESKTOP, PHONE
from tests.support.chat_page import ChatPage

pytestmark = pytest.mark.browser

QUESTION = "How thin should the paint be?"
ANSWER = "Like **milk**: one drop of water to two of paint."


@pytest.fixture
def course(ben):
    """A course that Ben teaches and Ada does not know yet."""
    made = make_course()
    certify(user=ben, course=made, by=system())
    return made


@pytest.mark.parametrize("width", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.covers(
    *("CHAT-01", "CHAT-03", "CHAT-04", "CHAT-08", "CHAT-18", "CHAT-19", "CHAT-20", "CHAT-22", "CHAT-23", "CHAT-24"),
    *("CHAT-25", "CHAT-26", "CHAT-28", "CHAT-29", "CHAT-30", "CHAT-38", "CHAT-39", "CHAT-40", "CHAT-42", "CHAT-43"),
    *("CHAT-44", "CHAT-45", "CHAT-46", "CHAT-50", "CHAT-51", "CHAT-52", "CHAT-53", "CHAT-54", "CHAT-56", "CHAT-57"),
)
def test_ada_asks_and_ben_answers_and_both_see_the_points_move(ada, ben, course, browse, width):
    page, chat_of_ben = browse(ada, width=width), ChatPage(browse(ben, width=width))

    # Ada finds the course, enrols, and reads its first module.
    page.goto("/courses")
    page.get_by_role("link", name="Painting Miniatures: Foundations").click()
    page.get_by_role("button", name="Enrol").first.click()
    expect(page.get_by_text("You are enrolled. Every module is open to you.")).to_be_visible()
    page.get_by_role("link", name="Start the course").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Brushes, paint and water")

    # From there she goes into its chat. Ben is there already.
    chat_of_ben.open(course)
    chat_of_ada = ChatPage(page)
    page.get_by_role("link", name="Course Chat").click()
    chat_of_ada.live()
    expect(page.get_by_role("heading", level=1)).to_have_text("Painting Miniatures: Foundations Chat")
    for chat in (chat_of_ada, chat_of_ben):
        expect(chat.online).to_have_text("2 online")

    # She asks. Both see the question at once, and that it waits.
    chat_of_ada.ask(QUESTION)
    expect(chat_of_ben.thread(QUESTION)).to_contain_text("Waiting for an answer")
    expect(chat_of_ben.pending).to_have_text([QUESTION])
    expect(chat_of_ada.status).to_contain_text("Your question is waiting for an answer")

    # Ben begins to write.
    chat_of_ben.begin_to_answer(QUESTION, ANSWER)
    expect(chat_of_ada.typing).to_have_text("Ben is typing")

    # His answer stands under her question, with the badge of a Student-Teacher.
    chat_of_ben.send()
    for chat in (chat_of_ada, chat_of_ben):
        expect(chat.answers(QUESTION).locator(".pl-msg__text")).to_have_text(
            "Like milk: one drop of water to two of paint."
        )
        expect(chat.pending).to_have_count(0)
    expect(chat_of_ada.answers(QUESTION).locator(".pl-msg__who")).to_have_text("Ben Okoro")
    expect(chat_of_ada.answers(QUESTION).get_by_title("Student-Teacher")).to_have_text("ST")
    expect(chat_of_ada.typing).to_be_hidden()
    expect(chat_of_ada.status).to_contain_text("Ben Okoro is answering questions")

    # It helped. She says so with five points.
    thanks = chat_of_ada.press_this_helped("Like milk")
    expect(thanks).to_contain_text("Award points for helpful answer")
    expect(thanks.get_by_role("slider")).to_have_value("5")
    expect(chat_of_ada.points).to_have_text("50 points to give")
    thanks.get_by_role("button", name="Confirm").click()

    # Both see it happen: under the answer, and in what each has to give.
    expect(chat_of_ada.answers(QUESTION)).to_contain_text("You gave Ben Okoro 5 points")
    expect(chat_of_ben.answers(QUESTION)).to_contain_text("Ada Lind gave you 5 points")
    expect(chat_of_ada.points).to_have_text("45 points to give")
    expect(chat_of_ben.points).to_have_text("55 points to give")
    expect(chat_of_ada.answers(QUESTION).get_by_role("button", name="This Helped!")).to_have_count(0)

    # And back to the course.
    page.get_by_role("link", name="Back to Course").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Brushes, paint and water")


@pytest.mark.covers("CHAT-02", "CHAT-05", "CHAT-63", "CHAT-68")
def test_oskar_who_is_not_enrolled_reads_why_he_may_not_enter(oskar, course, browse, windows):
    windows.expect_problem("403 (Forbidden)")
    page = browse(oskar)
    page.goto(f"/courses/{course.pk}")
    page.get_by_role("link", name="Join Discussion").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You must be enrolled to access this chat.")
    page.get_by_role("link", name="See the courses").click()
    expect(page).to_have_url(f"{page.url.split('/courses')[0]}/courses")
