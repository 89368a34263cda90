"""What a screen reader is told: each new message once, and never the whole history again."""

import pytest
from playwright.sync_api import expect

from chat.services.messages import edit_message
from tests.support.chat_page import ChatPage

pytestmark = pytest.mark.browser

# Notes what is put into the log from now on, as a screen reader hears it: by added elements, not by changed attributes.
LISTEN = """() => {
  window.added = [];
  const put = (node) => {
    const messages = node.matches?.('[data-message]') ? [node] : [...node.querySelectorAll?.('[data-message]') ?? []];
    for (const each of messages) window.added.push(each.querySelector('.pl-msg__text').innerText);
  };
  new MutationObserver((changes) => { for (const change of changes) change.addedNodes.forEach(put); })
    .observe(document.querySelector('[role=log]'), { childList: true, subtree: true });
}"""


def spoken(chat: ChatPage) -> list[str]:
    return chat.page.evaluate("window.added")


def test_a_new_message_adds_itself_alone_to_the_log(ada, ben, course, room, say, browse):
    question = say(ada, "How thin?", question=True)
    for number in range(12):
        say(ben, f"Old answer {number}", to=question)
    chat = ChatPage(browse(ada)).open(course)
    expect(chat.page.get_by_role("log", name="Messages")).to_have_count(1)
    chat.page.evaluate(LISTEN)
    say(ben, "New, in the stream")
    expect(chat.message("New, in the stream")).to_have_count(1)
    say(ben, "New answer", to=question)
    expect(chat.message("New answer")).to_have_count(1)
    assert spoken(chat) == ["New, in the stream", "New answer"]


def test_an_edited_question_does_not_read_out_its_answers_again(ada, ben, course, room, say, browse):
    question = say(ada, "How thin?", question=True)
    say(ben, "Old answer", to=question)
    chat = ChatPage(browse(ada)).open(course)
    chat.page.evaluate(LISTEN)
    edit_message(message_id=question.pk, content="How thin, exactly?", by=ada)
    expect(chat.message("How thin, exactly?")).to_have_count(1)
    assert spoken(chat) == ["How thin, exactly?"]


def test_coming_back_reads_out_only_what_was_missed(ada, ben, course, room, say, browse, windows):
    windows.expect_problem("ERR_INTERNET_DISCONNECTED", "WebSocket connection to")
    say(ben, "Read long ago")
    chat = ChatPage(browse(ada)).open(course)
    chat.page.evaluate(LISTEN)
    chat.page.context.set_offline(True)
    say(ben, "Missed")
    chat.page.context.set_offline(False)
    expect(chat.message("Missed")).to_have_count(1)
    assert spoken(chat) == ["Missed"]
