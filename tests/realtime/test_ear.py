"""The ear hears what is published on the channels it attends, and knows when it was cut off."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from redis.exceptions import RedisError

from peerloop.core.realtime import ear
from peerloop.core.realtime.ear import Ear
from peerloop.core.redis.line import line
from tests.support.patience import PATIENCE
from tests.support.sockets import on_a_loop
from tests.support.valkey import running_valkey


class Listener:
    """An ear, and what it told."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()
        self.back = asyncio.Event()
        self.ear = Ear(self.heard.put_nowait, self.back.set)

    async def hears(self) -> bytes:
        return await asyncio.wait_for(self.heard.get(), PATIENCE)

    async def returns(self) -> None:
        await asyncio.wait_for(self.back.wait(), PATIENCE)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(ear, "SECONDS_BETWEEN_TRIES", 0.01)


@on_a_loop
async def test_it_hears_what_it_attends_in_order_until_it_neglects_it():
    listener = Listener()
    for channel in ("here", "there"):
        await listener.ear.attend(channel)
    for channel, content in (("here", "1"), ("elsewhere", "2"), ("here", "3")):
        await line().ask(("PUBLISH", channel, content))
    assert [await listener.hears(), await listener.hears()] == [b"1", b"3"]
    await listener.ear.neglect("here")
    for channel, content in (("here", "4"), ("there", "5")):
        await line().ask(("PUBLISH", channel, content))
    assert await listener.hears() == b"5"
    assert not listener.back.is_set()


@on_a_loop
async def test_cut_off_it_comes_back_by_itself_and_attends_to_the_same_as_before():
    listener = Listener()
    for channel in ("one", "two"):
        await listener.ear.attend(channel)
    await listener.ear.listen_anew()
    await listener.returns()
    for channel in ("one", "two"):
        assert await line().ask(("PUBLISH", channel, channel)) == [1]
    assert [await listener.hears(), await listener.hears()] == [b"one", b"two"]


@on_a_loop
async def test_while_redis_is_away_it_waits_a_moment_before_it_refuses_and_hears_again_once_it_is_back(
    monkeypatch, tmp_path
):
    url = f"unix://{tmp_path}/r.sock"
    monkeypatch.setattr(settings, "REDIS_URL", url)
    listener = Listener()
    first, second = running_valkey(url), running_valkey(url)
    await sync_to_async(first.__enter__)()
    await listener.ear.attend("here")
    await sync_to_async(first.__exit__)(None, None, None)
    with monkeypatch.context() as hasty:
        hasty.setattr(ear, "SECONDS_TO_ANSWER", 0.1)
        with pytest.raises(RedisError):
            await listener.ear.attend("there")
    waiting = asyncio.ensure_future(listener.ear.attend("there"))
    await sync_to_async(second.__enter__)()
    await listener.returns()
    await waiting
    await sync_to_async(second.__exit__)(None, None, None)
