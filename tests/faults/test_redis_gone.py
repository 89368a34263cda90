"""Redis goes away and comes back empty: the rooms go on, and nothing that was said is lost."""

from contextlib import ExitStack

import pytest
from playwright.sync_api import expect

from chat.models import ChatMessage
from tests.support.chat_page import ChatPage, on_record
from tests.support.site import web_process
from tests.support.valkey import running_valkey

pytestmark = [pytest.mark.processes, pytest.mark.browser]

NOISE = ("WebSocket connection to", "500 (Internal Server Error)", "ERR_CONNECTION")


@pytest.fixture
def redis(tmp_path):
    """A Redis of this test alone, with what starts and stops it."""
    url, running = f"unix://{tmp_path}/r.sock", ExitStack()
    running.enter_context(running_valkey(url))
    yield url, running
    running.close()


@pytest.mark.covers("CHAT-66", "CHAT-108")
def test_what_is_said_while_redis_is_away_reaches_everybody_once(ada, ben, course, room, redis, windows, tmp_path):
    url, running = redis
    windows.expect_problem(*NOISE)
    with web_process(tmp_path, REDIS_URL=url) as site:
        chats = [ChatPage(windows.open(site, user)).open(course) for user in (ada, ben)]
        adas, bens = chats
        adas.say("Before")
        expect(bens.message("Before")).to_have_count(1)

        running.close()
        adas.say("While it is away")
        adas.page.wait_for_timeout(1500)
        with running_valkey(url):
            for chat in chats:
                expect(chat.message("While it is away")).to_have_count(1, timeout=40_000)
                expect(chat.unsent).to_have_count(0)
                chat.shows(on_record(room))
            # And from then on everything comes by itself again.
            bens.say("After")
            expect(adas.message("After")).to_have_count(1)
            expect(adas.online).to_have_text("2 online")
            for chat in chats:
                chat.shows(on_record(room))
        texts = list(ChatMessage.objects.order_by("number").values_list("content", flat=True))
        assert texts == ["Before", "While it is away", "After"]
