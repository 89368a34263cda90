"""What was shown as sent is never lost, doubled or reordered, and what was not sent is never thrown away."""

import random
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from chat.models import ChatMessage
from chat.services.messages import delete_message, edit_message
from peerloop.core.accounts.models import User
from peerloop.core.realtime import services
from tests.support.browsers import session
from tests.support.chat_page import ChatPage, on_record
from tests.support.site import Site

pytestmark = pytest.mark.browser

# What Chromium writes to the console when a line is cut or nobody listens at its other end.
CUT = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "WebSocket connection to")


@pytest.fixture
def chats(ada, ben, course, room, browse, windows) -> tuple[ChatPage, ChatPage]:
    """The room in Ada's browser and in Ben's."""
    windows.expect_problem(*CUT)
    return ChatPage(browse(ada)).open(course), ChatPage(browse(ben)).open(course)


def set_offline(chat: ChatPage, offline: bool) -> None:
    chat.page.context.set_offline(offline)


# -- what others did while one was away --------------------------------------------------------------------------


@pytest.mark.covers("CHAT-66")
def test_two_screens_are_the_same_after_one_was_cut_off(chats, ada, ben, room, say):
    adas, bens = chats
    before = [say(ben, f"Before {number}") for number in range(10)]
    adas.shows(on_record(room))

    set_offline(adas, True)
    expect(adas.banner).to_be_visible()
    expect(adas.banner).to_contain_text("Reconnecting...")
    question = say(ada, "Asked meanwhile?", question=True)
    meanwhile = [say(ben, f"Meanwhile {number}", to=question if number % 5 == 0 else None) for number in range(49)]
    for message in [*before[:3], *meanwhile[:2]]:
        edit_message(message_id=message.pk, content=f"{message.content}, edited", by=ben)
    for message in [*before[5:8], *meanwhile[-2:]]:
        delete_message(message_id=message.pk, by=ben)
    bens.shows(on_record(room))
    assert len(on_record(room)) == 60
    assert "Before 6" in adas.page.locator("#stream").inner_text()

    set_offline(adas, False)
    adas.shows(on_record(room))
    expect(adas.banner).to_be_hidden()
    assert bens.screen() == adas.screen()
    # Of what was deleted not even the text is left in the page.
    assert "Before 6" not in adas.page.content()


class Chance:
    """Ada and Ben write, edit and take back as the dice say, the same way every time."""

    def __init__(self, say: Callable[..., ChatMessage], people: list[User]) -> None:
        self.dice = random.Random(2)
        self.say, self.people = say, people

    def act(self) -> None:
        act = self.dice.choices([self.post, self.edit, self.take_back], weights=[5, 2, 1])[0]
        act()

    def post(self) -> None:
        questions = [each for each in self.written() if each.is_question]
        to = self.dice.choice([None, *questions])
        self.say(self.dice.choice(self.people), f"Word {self.dice.random()}", question=self.dice.random() < 0.4, to=to)

    def edit(self) -> None:
        for message in self.one():
            edit_message(message_id=message.pk, content=f"{message.content}!", by=message.author)

    def take_back(self) -> None:
        for message in self.one():
            delete_message(message_id=message.pk, by=message.author)

    def one(self) -> list[ChatMessage]:
        written = self.written()
        return self.dice.sample(written, k=min(1, len(written)))

    def written(self) -> list[ChatMessage]:
        return list(ChatMessage.objects.shown().select_related("author").order_by("number"))


def test_two_screens_are_the_same_after_cuts_at_random(chats, ada, ben, room, say):
    chance = Chance(say, [ada, ben])
    away = dict.fromkeys(chats, False)
    for _ in range(12):
        chat = chance.dice.choice(chats)
        away[chat] = not away[chat]
        set_offline(chat, away[chat])
        for _ in range(5):
            chance.act()
        chat.page.wait_for_timeout(chance.dice.choice([0, 100, 700]))
    for chat in chats:
        set_offline(chat, False)
        chat.shows(on_record(room))


@pytest.mark.covers("CHAT-100")
def test_a_message_between_the_page_and_its_socket_is_not_lost(ada, ben, course, room, say, browse):
    page = browse(ada)
    chat = ChatPage(page)

    def write_in_the_gap(route: Route) -> None:
        say(ben, "In the gap")  # the page is drawn, the script that will connect is only now asked for
        route.continue_()

    page.route("**/js/chat/room.js", write_in_the_gap)
    chat.open(course)
    chat.shows(on_record(room))
    assert [text for _, text in chat.screen()] == ["In the gap"]


def test_what_is_written_while_the_page_asks_what_it_missed_is_not_missed(chats, ada, ben, room, say):
    """The answer is older than the frame that came while it was under way."""
    adas, _ = chats
    late = []

    def answer_late(route: Route) -> None:
        answer = route.fetch()
        if not late:
            late.append(say(ben, "Too new for the answer"))
        route.fulfill(response=answer)

    adas.page.route("**/chat/changes?*", answer_late)
    set_offline(adas, True)
    say(ben, "Missed")
    set_offline(adas, False)
    expect(adas.message("Too new for the answer")).to_have_count(1, timeout=8000)  # sooner than the next heartbeat
    adas.shows(on_record(room))


def test_an_answer_is_shown_although_its_question_changed_after_it(chats, ada, ben, room, say):
    adas, _ = chats
    set_offline(adas, True)
    question = say(ada, "How?", question=True)
    say(ben, "So.", to=question)
    edit_message(message_id=question.pk, content="How exactly?", by=ada)
    set_offline(adas, False)
    adas.shows(on_record(room))
    assert [text for _, text in adas.screen()] == ["How exactly?", "So."]


def test_a_bus_that_drops_most_of_what_it_is_given_still_converges(chats, ben, room, say, monkeypatch):
    given = iter(range(10**6))
    send = services.send

    def drop_most(group: str, message: dict) -> None:
        if next(given) % 10 == 5:
            send(group, message)

    monkeypatch.setattr(services, "send", drop_most)
    for number in range(20):
        say(ben, f"Message {number}")
    for chat in chats:
        expect(chat.message("Message 15")).to_have_count(1)  # the second of two frames that came shows the hole
        # What was dropped after the last frame is noticed by the heartbeat, at the latest when somebody looks.
        chat.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        chat.shows(on_record(room))


@pytest.mark.covers("CHAT-84", "CHAT-90")
def test_typing_ends_by_itself_when_the_typist_is_gone(chats):
    adas, bens = chats
    expect(adas.online).to_have_text("2 online")
    bens.composer.fill("I was about to")
    expect(adas.typing).to_have_text("Ben is typing")
    bens.page.context.set_offline(True)  # nothing more comes from there
    expect(adas.typing).to_be_hidden(timeout=6000)


# -- what one wrote oneself ------------------------------------------------------------------------------------------


def test_what_is_written_while_cut_off_goes_out_once_and_in_order(chats, room):
    adas, bens = chats
    set_offline(adas, True)
    adas.say("First")
    expect(adas.unsent).to_have_text(["First Goes out when you are connected again"], use_inner_text=True)
    adas.composer.fill("Second")
    set_offline(adas, False)
    expect(bens.message("First")).to_have_count(1)
    expect(adas.unsent).to_have_count(0)
    adas.page.wait_for_timeout(1100)
    adas.send()
    expect(bens.message("Second")).to_have_count(1)
    for chat in chats:
        chat.shows(on_record(room))
    assert [text for _, text in on_record(room)] == ["First", "Second"]


def test_unsent_text_survives_a_reload_and_does_not_come_back_once_it_was_sent(ada, course, room, browse):
    chat = ChatPage(browse(ada)).open(course)
    chat.composer.fill("Half a thought")
    chat.page.reload()
    expect(chat.live().composer).to_have_value("Half a thought")
    chat.send()
    expect(chat.message("Half a thought")).to_have_count(1)
    expect(chat.composer).to_have_value("")
    chat.page.reload()
    expect(chat.live().composer).to_have_value("")
    chat.shows(on_record(room))


@pytest.mark.covers("CHAT-64", "CHAT-104")
def test_a_refused_message_stays_in_the_composer_with_the_reason_and_a_retry(ada, course, room, browse):
    chat = ChatPage(browse(ada)).open(course)
    chat.say("One")
    chat.say("Two, at once")
    expect(chat.refusal).to_contain_text("Message not sent. That was too fast. Wait a moment, then try again.")
    expect(chat.composer).to_have_value("Two, at once")
    assert [text for _, text in on_record(room)] == ["One"]
    chat.page.wait_for_timeout(1100)
    chat.refusal.get_by_role("button", name="Retry", exact=True).click()
    expect(chat.message("Two, at once")).to_have_count(1)
    expect(chat.refusal).to_have_count(0)
    expect(chat.composer).to_have_value("")
    chat.shows(on_record(room))


# -- the processes die -----------------------------------------------------------------------------------------------


@pytest.mark.covers("CHAT-66", "CHAT-108")
def test_a_killed_web_process_loses_and_doubles_nothing(chats, room, site: Site):
    adas, bens = chats
    adas.say("Sent just before the end")
    site.kill("manage.py serve")
    bens.say("Written while nobody answers")
    expect(adas.banner).to_contain_text("Reconnecting...")
    expect(bens.unsent).to_contain_text("Written while nobody answers")
    site.wait_for("/healthz")
    for chat in chats:
        expect(chat.banner).to_be_hidden()
        expect(chat.message("Written while nobody answers")).to_have_count(1)
        chat.shows(on_record(room))
    texts = ["Sent just before the end", "Written while nobody answers"]
    assert sorted(text for _, text in on_record(room)) == texts


def test_a_killed_worker_and_beat_are_not_noticed_in_the_room(chats, room, site: Site):
    adas, bens = chats
    for words in ("celery -A peerloop --quiet worker", "celery -A peerloop --quiet beat"):
        site.kill(words)
        adas.say(f"Without {words[-6:].strip()}")
        expect(bens.message(f"Without {words[-6:].strip()}")).to_have_count(1)
        adas.page.wait_for_timeout(1100)
    for chat in chats:
        chat.shows(on_record(room))
        expect(chat.banner).to_be_hidden()


# -- two people, one computer ----------------------------------------------------------------------------------------


def sign_in_here(page: Page, user, site: Site) -> None:
    """Somebody else sits down: the same browser, another session."""
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": session(user), "url": site.address}])


def test_the_next_person_at_the_computer_sees_neither_draft_nor_unsent_text(ada, ben, course, room, browse, site):
    chat = ChatPage(browse(ada)).open(course)
    chat.composer.fill("Ada's own thought")
    sign_in_here(chat.page, ben, site)
    chat.open(course)
    expect(chat.composer).to_have_value("")
    assert "Ada's own thought" not in chat.page.content()
    chat.say("Ben's word")
    expect(chat.message("Ben's word")).to_have_count(1)
    sign_in_here(chat.page, ada, site)
    chat.open(course)
    expect(chat.composer).to_have_value("Ada's own thought")
    assert [text for _, text in on_record(room)] == ["Ben's word"]


def test_after_signing_out_the_other_tab_hears_nothing_more(ada, ben, course, room, say, browse, windows):
    windows.expect_problem(*CUT)
    chat = ChatPage(browse(ada)).open(course)
    other_tab = chat.page.context.new_page()
    other_tab.goto("/dashboard")
    other_tab.get_by_role("button", name="Your account").click()
    other_tab.get_by_role("button", name="Sign Out").click()
    expect(chat.page.locator("#toasts")).to_contain_text("You signed out. Sign in again to go on.")
    heard = len(chat.heard)
    say(ben, "Not for this computer any more")
    chat.page.wait_for_timeout(1500)
    assert (chat.screen(), len(chat.heard)) == ([], heard)
