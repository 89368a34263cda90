"""What somebody sees and does in Course Chat, in the words of the page."""

import json
import time
from contextlib import suppress
from typing import Any

from playwright.sync_api import Locator, Page, WebSocket

from chat.models import ChatMessage
from tests.support.patience import PATIENCE
from tests.support.processes import wait_until


class ChatPage:
    """The chat of a course in somebody's browser."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.composer = page.get_by_role("textbox", name="Message", exact=True)
        self.banner = page.locator("#connection")
        self.online = page.locator("[data-online]:visible")
        self.pending = page.locator("#queue li a[data-jump]")
        self.helpers = page.locator("#helpers")
        self.typing = page.locator("#typing")
        self.status = page.locator(".pl-chat__status")
        self.unsent = page.locator("[data-pending]")
        self.refusal = page.locator("#composer [role=alert]")
        self.points = page.locator("#message-hint [data-points]")
        self.heard: list[dict[str, Any]] = []
        page.on("websocket", self._listen)

    def open(self, course: Any) -> "ChatPage":
        """Go there by its address, and wait until the room is live."""
        self.page.goto(f"/courses/{course.pk}/chat")
        return self.live()

    def live(self, seconds: float = PATIENCE) -> "ChatPage":
        """Wait until the room has told this page who is there: from then on everything comes by itself."""
        end = time.monotonic() + seconds
        while not self.is_live:
            assert time.monotonic() < end, f"not connected after {seconds} s; heard: {self.heard}"
            self.page.wait_for_timeout(50)
        return self

    @property
    def is_live(self) -> bool:
        return any(frame["type"] == "presence" for frame in self.heard)

    def _listen(self, socket: WebSocket) -> None:
        if "/api/chat/connect" in socket.url:
            self.heard = []
            socket.on("framereceived", lambda text: self.heard.append(json.loads(text)))

    # -- doing ---------------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        self.composer.fill(text)
        self.send()

    def send(self) -> None:
        self.page.get_by_role("button", name="Send", exact=True).click()

    def ask(self, text: str) -> None:
        self.page.get_by_text("Ask Question").click()
        self.say(text)

    def begin_to_answer(self, question: str, text: str) -> None:
        self.thread(question).get_by_role("button", name="Answer", exact=True).click()
        self.composer.fill(text)

    def press_this_helped(self, answer: str) -> Locator:
        """Press "This Helped!" and get the dialog with the slider."""
        self.message(answer).get_by_role("button", name="This Helped!").click()
        return self.page.get_by_role("dialog", name="This Helped!")

    # -- seeing --------------------------------------------------------------------------------------------------

    def message(self, text: str) -> Locator:
        return self.page.locator("[data-message]", has_text=text)

    def thread(self, question: str) -> Locator:
        """A question with everything that stands under it."""
        return self.page.locator(".pl-thread", has_text=question)

    def answers(self, question: str) -> Locator:
        return self.thread(question).locator("[data-answers] [data-message]")

    def screen(self) -> list[tuple[str, str]]:
        """Every message on the screen from top to bottom: its id, and its text or what stands in its place."""
        script = "all => all.map(each => [each.dataset.message, each.querySelector('.pl-msg__text').innerText.trim()])"
        return [(name, text) for name, text in self.page.locator("#stream [data-message]").evaluate_all(script)]

    def shows(self, record: list[tuple[str, str]], seconds: float = PATIENCE) -> None:
        """The screen becomes exactly what is on record, and stays so."""
        with suppress(AssertionError):
            wait_until(lambda: self.screen() == record, seconds)
            self.page.wait_for_timeout(300)
        assert self.screen() == record, f"on the screen: {self.screen()}; on record: {record}"


def on_record(room: Any) -> list[tuple[str, str]]:
    """What a screen that has everything shows of this room."""
    messages = ChatMessage.objects.filter(room=room).order_by("number")
    rows = list(messages.values_list("pk", "reply_to_id", "content", "deleted_at"))
    shown = {pk: (str(pk), "This message was deleted." if gone else text) for pk, _, text, gone in rows}
    under = {root: [shown[pk] for pk, reply_to, *_ in rows if reply_to == root] for root in shown}
    return [line for pk, reply_to, *_ in rows if reply_to is None for line in (shown[pk], *under[pk])]
