"""Served by `dispatch-floor`: a call is one INSERT and goes to all helpers, an acceptance is one UPDATE."""

import asyncio
import json
import sys
from typing import Any

from psycopg_pool import AsyncConnectionPool
from websockets.asyncio.server import ServerConnection, broadcast, serve

_CONNECTIONS = 8
_TAKE = "UPDATE summons SET helper = %s WHERE name = %s AND helper IS NULL"


class Floor:
    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool
        self._helpers: set[ServerConnection] = set()
        self._students: dict[str, ServerConnection] = {}

    async def serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        _, who, number = connection.request.path.split("/")
        if who == "student":
            await self._student(connection)
            return
        self._helpers.add(connection)
        try:
            async for message in connection:
                await self._accept(connection, int(number), json.loads(message)["accept"])
        finally:
            self._helpers.discard(connection)

    async def _student(self, connection: ServerConnection) -> None:
        async for message in connection:
            name = json.loads(message)["call"]
            self._students[name] = connection
            await self._store("INSERT INTO summons (name) VALUES (%s)", name)
            broadcast(self._helpers, json.dumps({"type": "summon", "name": name}))

    async def _accept(self, connection: ServerConnection, helper: int, name: str) -> None:
        won = await self._store(_TAKE, helper, name) == 1
        if won:
            await self._students.pop(name).send(json.dumps({"type": "matched", "helper": helper}))
        await connection.send(json.dumps({"type": "answer", "helper": helper, "won": won}))

    async def _store(self, statement: str, *values: Any) -> int:
        async with self._pool.connection() as database:
            return (await database.execute(statement, values)).rowcount


async def main(port: int, database: str) -> None:
    async with (
        AsyncConnectionPool(
            database, min_size=_CONNECTIONS, max_size=_CONNECTIONS, kwargs={"autocommit": True}, open=False
        ) as pool,
        serve(Floor(pool).serve, "127.0.0.1", port, compression=None) as server,
    ):
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
