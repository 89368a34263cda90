"""Redis forgets who is where; the rooms do not."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from chat import events
from peerloop.core.presence import leases
from peerloop.core.realtime.bus import client
from tests.support.sockets import on_a_loop, room_socket


@pytest.mark.covers("CHAT-80")
@on_a_loop
async def test_a_redis_that_came_back_empty_learns_who_is_here_and_everybody_hears_it(room, ada, ben, monkeypatch):
    monkeypatch.setattr(leases, "SECONDS_BETWEEN_RENEWALS", 0.2)
    group = events.room(room.pk)
    async with room_socket(room, ada) as adas, room_socket(room, ben) as bens:
        await bens.next("presence")
        await asyncio.sleep(1.5)
        await adas.send(type="ping")
        await adas.next("pong")
        await sync_to_async(client().delete)(leases.key(group))
        joined = {(await adas.next("user_joined"))["user"]["id"] for _ in range(2)}
        assert joined == {str(ada.pk), str(ben.pk)}
        assert await leases.aonline(group) == {ada.pk, ben.pk}
