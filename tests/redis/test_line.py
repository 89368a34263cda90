"""The loop's line to Redis: everybody gets their own answers, also after it broke."""

import asyncio
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from redis.exceptions import RedisError, ResponseError

from peerloop.core.errors import TooFast
from peerloop.core.limits import too_soon, wait_between
from peerloop.core.redis import line as module
from peerloop.core.redis.line import line
from tests.support.sockets import on_a_loop
from tests.support.valkey import running_valkey


@on_a_loop
async def test_many_who_ask_at_once_get_each_their_own_answers():
    asked = [line().ask(("SET", f"line:{n}", n), ("GET", f"line:{n}")) for n in range(100)]
    assert await asyncio.gather(*asked) == [[b"OK", str(n).encode()] for n in range(100)]
    await line().ask(("DEL", *[f"line:{n}" for n in range(100)]))


@on_a_loop
async def test_an_error_stands_in_the_place_of_its_answer():
    first, second = await line().ask(("NOSUCHCOMMAND",), ("ECHO", "after"))
    assert isinstance(first, ResponseError)
    assert second == b"after"


@on_a_loop
async def test_who_stops_waiting_takes_nobody_elses_answer():
    given_up = asyncio.ensure_future(line().ask(("BLPOP", "line:nothing", 0.2)))
    await asyncio.sleep(0.05)
    after = asyncio.ensure_future(line().ask(("ECHO", "after")))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await after == [b"after"]


@on_a_loop
async def test_who_asks_nothing_is_answered_nothing_and_keeps_nobody_waiting():
    assert await line().ask() == []
    assert await line().ask(("ECHO", "after")) == [b"after"]


@on_a_loop
async def test_a_line_that_is_cut_asks_again():
    (name,) = await line().ask(("CLIENT", "ID"))
    waiting = asyncio.ensure_future(line().ask(("BLPOP", "line:something", 10)))
    await asyncio.sleep(0.05)
    other = module.Line()
    await other.ask(("CLIENT", "KILL", "ID", name))
    await other.ask(("RPUSH", "line:something", "kept"))
    assert await waiting == [[b"line:something", b"kept"]]
    await other.close()


@on_a_loop
async def test_redis_may_come_back_while_somebody_waits_and_else_it_is_said_that_it_is_away(monkeypatch, tmp_path):
    url = f"unix://{tmp_path}/valkey.sock"
    monkeypatch.setattr(settings, "REDIS_URL", url)
    own = module.Line()
    waiting = asyncio.ensure_future(own.ask(("ECHO", "late")))
    await asyncio.sleep(0.2)
    with running_valkey(url):
        assert await waiting == [b"late"]
    monkeypatch.setattr(module, "SECONDS_TO_ANSWER", 0.3)
    with pytest.raises(RedisError, match="Redis does not answer"):
        await own.ask(("ECHO", "never"))
    with pytest.raises(RedisError, match="Redis is away"):
        await own.ask(("ECHO", "never"), again=False)
    await own.close()


@on_a_loop
async def test_coroutines_and_threads_count_the_same_attempts():
    who, other = uuid4(), uuid4()
    await sync_to_async(wait_between)("message", who, seconds=60, token=1)
    attempts = [(who, 1), (who, 2), (other, 3), (other, 4), (other, 3)]
    assert await too_soon("message", attempts, seconds=60) == [False, True, False, True, False]
    with pytest.raises(TooFast):
        await sync_to_async(wait_between)("message", other, seconds=60, token=5)
    await sync_to_async(wait_between)("message", other, seconds=60, token=3)
    assert await too_soon("message", attempts, seconds=0) == [False] * 5
