"""Many at once in one room, each on a connection of its own."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from chat.models import ChatMessage
from chat.services.messages import post_message
from chat.services.thanks import thank
from goodwill.errors import AlreadyAwarded, InsufficientBalance
from goodwill.queries import balance_of
from peerloop.core.notifications.models import Notification
from tests.races.test_goodwill import THREADS, assert_sound, at_once
from tests.support.sockets import on_a_loop, room_socket

AT_ONCE = 10


@pytest.mark.covers("CHAT-92", "CHAT-96")
@pytest.mark.django_db(transaction=True)
def test_of_twenty_thanks_from_one_balance_as_many_succeed_as_it_holds(ada, ben, say):
    question = say(ada, "How thin?", question=True)
    answers = [say(ben, f"Answer {number}", to=question).pk for number in range(THREADS)]
    outcomes = at_once([lambda pk=pk: thank(message_id=pk, by=ada, points=5).points for pk in answers])
    assert (outcomes.count(5), outcomes.count(InsufficientBalance)) == (10, 10)
    assert (balance_of(ada), balance_of(ben)) == (0, 100)
    assert_sound(100)


@pytest.mark.covers("CHAT-96")
@pytest.mark.django_db(transaction=True)
def test_of_twenty_thanks_for_one_answer_exactly_one_succeeds(ada, ben, say):
    answer = say(ben, "Like milk.", to=say(ada, "How thin?", question=True))
    outcomes = at_once([lambda: thank(message_id=answer.pk, by=ada).points] * THREADS)
    assert (outcomes.count(5), outcomes.count(AlreadyAwarded)) == (1, 19)
    assert (balance_of(ada), balance_of(ben)) == (45, 55)
    assert_sound(100)


@pytest.mark.covers("CHAT-99")
@on_a_loop
async def test_one_message_sent_ten_times_at_once_is_one_row_one_event_and_one_notice(room, ada, ben, without_pauses):
    sending, barrier = uuid4(), Barrier(AT_ONCE)

    def send() -> UUID:
        try:
            barrier.wait(timeout=30)
            return post_message(course_id=room.pk, by=ada, content="@ben only once", client_id=sending).pk
        finally:
            connection.close()

    async with room_socket(room, ben) as bens:
        await bens.next("presence")
        with ThreadPoolExecutor(AT_ONCE) as pool:
            loop = asyncio.get_running_loop()
            sent = await asyncio.gather(*(loop.run_in_executor(pool, send) for _ in range(AT_ONCE)))
        await asyncio.sleep(0.5)
        await bens.send(type="ping")
        await bens.next("pong")
    stored = await ChatMessage.objects.aget()
    assert sent == [stored.pk] * AT_ONCE
    assert [each["data"]["id"] for each in bens.heard if each["type"] == "message"] == [str(stored.pk)]
    assert await sync_to_async(list)(Notification.objects.values_list("recipient_id", flat=True)) == [ben.pk]


@pytest.mark.django_db(transaction=True)
def test_twenty_messages_at_once_take_twenty_places_in_a_row(ada, ben, room, without_pauses):
    jobs = [lambda by=by: post_message(course_id=room.pk, by=by, content="Now").number for by in (ada, ben)]
    numbers = at_once(jobs * (THREADS // 2))
    assert sorted(numbers) == list(range(1, THREADS + 1))
    room.refresh_from_db()
    assert (room.last_number, room.version) == (THREADS, THREADS)
