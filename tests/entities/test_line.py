"""The loop's line to PostgreSQL: JSON in, JSON out, and a new line when the old one broke."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from peerloop.core.entities.line import StatementFailed, line
from tests.support.sockets import on_a_loop

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="is about PostgreSQL")
ECHO = "SELECT $1::jsonb"
WHO = "SELECT to_json(pg_backend_pid()) FROM (SELECT $1::jsonb) AS given"


@sync_to_async
def end(backend: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend])


@on_a_loop
async def test_what_is_given_as_json_comes_back_as_json():
    given = [{"text": "ä\u2028", "number": 2**53, "nothing": None, "list": [True]}]
    assert await line().ask(ECHO, given) == given
    assert await line().ask("SELECT json_agg(x) FROM (SELECT $1::jsonb AS x) AS none WHERE FALSE", []) is None


@on_a_loop
async def test_a_value_larger_than_the_socket_takes_at_once_arrives_whole():
    given = ["x" * 5_000_000]
    assert await line().ask(ECHO, given) == given


@on_a_loop
async def test_many_who_ask_at_once_get_each_their_own_answer():
    assert await asyncio.gather(*[line().ask(ECHO, [number]) for number in range(50)]) == [[n] for n in range(50)]


@on_a_loop
async def test_a_refused_statement_says_why_and_leaves_the_line_as_it_was():
    before = await line().ask(WHO, [])
    with pytest.raises(StatementFailed, match="division by zero"):
        await line().ask("SELECT to_json(1 / (($1::jsonb)->>0)::int)", [0])
    with pytest.raises(StatementFailed, match="syntax error"):
        await line().ask("SELECT $1::jsonb FROM WHERE", [])
    assert await line().ask(WHO, []) == before


@on_a_loop
async def test_a_line_that_broke_is_opened_anew():
    before = await line().ask(WHO, [])
    await end(before)
    try:
        after = await line().ask(WHO, [])
    except StatementFailed:  # it was asked before the loop saw that the other side was gone
        after = await line().ask(WHO, [])
    assert after != before


@on_a_loop
async def test_a_statement_that_is_cut_off_fails():
    backend = await line().ask(WHO, [])
    waiting = asyncio.ensure_future(
        line().ask("SELECT to_json(x::text) FROM (SELECT pg_sleep(60) AS x, $1::jsonb) AS y", [])
    )
    await asyncio.sleep(0.2)
    await end(backend)
    with pytest.raises(StatementFailed):
        await waiting
    assert await line().ask(ECHO, [1]) == [1]
