"""The line of an event loop to PostgreSQL: for the few statements that run so often that a thread in between costs more
than they do. Everything else goes through Django's connections.
"""

import asyncio
import json
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

with suppress(ImportError):  # where the database is another one, it may be missing, and nobody asks
    import psycopg
    from psycopg.pq import DiagnosticField, ExecStatus

# What Django's connections are made with and these are not: their cursors, and how those read and write values.
FOR_CURSORS = ("cursor_factory", "context", "prepare_threshold")


# A few rows found by their keys each time: no plan that reads whole tables is better, and none need be made anew.
HABITS = """
    SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off;
    SET enable_mergejoin = off
"""


class StatementFailed(Exception):
    """PostgreSQL refused the statement, which then did nothing; or the line broke, and it may have been carried out."""


class Line:
    """One connection: a statement after the other, each prepared once, each a transaction of its own."""

    def __init__(self) -> None:
        self._connection: Any = None
        self._names: dict[str, bytes] = {}
        self._turn = asyncio.Lock()
        self._answered: asyncio.Future[None] | None = None

    async def ask(self, sql: str, given: Any) -> Any:
        """Run `sql`: its `$1` is `given` as JSON, and the one value of its one row is JSON too. Returns what that is.

        Raises StatementFailed. A line that broke is opened anew by the next statement.
        """
        async with self._turn:
            try:
                name = await self._name_of(sql)
                self._server.send_query_prepared(name, [json.dumps(given, default=str).encode()])
                return json.loads(await self._answer() or b"null")
            except psycopg.Error as error:
                self.close()
                raise StatementFailed(str(error)) from error

    def close(self) -> None:
        """Harmless if it is not open."""
        gone, self._connection, self._names = self._connection, None, {}
        if gone:
            asyncio.get_running_loop().remove_reader(self._socket)
            gone.pgconn.finish()

    @property
    def _server(self) -> Any:
        """psycopg's door to libpq: its cursors would make a task and a timer for each statement."""
        assert self._connection is not None
        return self._connection.pgconn

    async def _name_of(self, sql: str) -> bytes:
        if self._connection is None:
            await self._open()
        if sql not in self._names:
            name = f"line_{len(self._names)}".encode()
            self._server.send_prepare(name, sql.encode())
            await self._answer()
            self._names[sql] = name
        return self._names[sql]

    async def _open(self) -> None:
        wanted = {key: value for key, value in connection.get_connection_params().items() if key not in FOR_CURSORS}
        opened = await psycopg.AsyncConnection.connect(**wanted, autocommit=True)
        await opened.execute(HABITS)
        self._connection, self._socket = opened, opened.fileno()  # which it does not tell any more when it broke
        asyncio.get_running_loop().add_reader(self._socket, self._read)

    async def _answer(self) -> bytes | None:
        """The one value of the statement that was sent, or nothing."""
        self._answered = asyncio.get_running_loop().create_future()
        while self._server.flush():  # more than the socket took at once
            await self._writable()
        await self._answered
        result = self._server.get_result()
        while self._server.get_result():  # until libpq says that this was all
            pass
        if result.status == ExecStatus.TUPLES_OK:
            value: bytes | None = result.get_value(0, 0)
            return value
        if result.status != ExecStatus.COMMAND_OK:
            if result.error_field(DiagnosticField.SEVERITY_NONLOCALIZED) == b"FATAL":
                self.close()
            raise StatementFailed(result.error_message.decode())
        return None

    async def _writable(self) -> None:
        loop, writable, socket = asyncio.get_running_loop(), asyncio.Event(), self._socket
        loop.add_writer(socket, writable.set)
        try:
            await writable.wait()
        finally:
            loop.remove_writer(socket)

    def _read(self) -> None:
        """Called by the loop when there is something to read, or the other side is gone."""
        waiting = self._answered if self._answered and not self._answered.done() else None
        try:
            self._server.consume_input()
            if waiting and not self._server.is_busy():
                waiting.set_result(None)
        except psycopg.Error as error:
            if waiting:
                waiting.set_exception(error)
            else:
                self.close()


_lines: "WeakKeyDictionary[asyncio.AbstractEventLoop, Line]" = WeakKeyDictionary()


def line() -> Line:
    """The line of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _lines:
        _lines[loop] = Line()
    return _lines[loop]
