"""`socketio`: Socket.IO with its Redis adapter and an awaited PostgreSQL INSERT: the strong peer."""

import json
import shutil

import psycopg

from bench.load import Dialect
from bench.servers.base import ROOMS, ROOT, SCRATCH, SEATS, Server, ServerUnavailable, room_name, run_once, token
from bench.stores import REDIS_URL, database_url

_SOURCE = ROOT / "bench" / "socketio"
_INSTALLED = SCRATCH / "socketio"


class SocketIO(Server):
    name = "socketio"
    database = "socketio"

    def prepare(self) -> None:
        if not (shutil.which("node") and shutil.which("npm")):
            raise ServerUnavailable("socketio is left out: install Node 18 or newer with npm to have the strong peer.")
        self._install()
        with psycopg.connect(database_url("socketio"), autocommit=True) as connection:
            connection.execute((_SOURCE / "schema.sql").read_text())
            with connection.cursor().copy("COPY member (room, token) FROM STDIN") as copy:
                for room in range(ROOMS):
                    for seat in range(SEATS):
                        copy.write_row((room_name(room), token(room, seat)))

    @property
    def dialect(self) -> Dialect:
        return Dialect(path=_path, message=_message, answer=_answer, welcome=b"40")

    def command(self, port: int) -> list[str]:
        return ["node", str(_INSTALLED / "server.js"), str(port)]

    def environment(self) -> dict[str, str]:
        return {"NODE_ENV": "production", "BENCH_DATABASE": database_url("socketio"), "BENCH_REDIS": REDIS_URL}

    def _install(self) -> None:
        wanted = (_SOURCE / "package.json").read_text()
        present = _INSTALLED / "package.json"
        fresh = (_INSTALLED / "node_modules").exists() and present.exists() and present.read_text() == wanted
        _INSTALLED.mkdir(parents=True, exist_ok=True)
        shutil.copy(_SOURCE / "server.js", _INSTALLED)
        shutil.copy(_SOURCE / "package.json", _INSTALLED)
        if not fresh:
            run_once(
                ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--prefix", str(_INSTALLED)],
                {},
                name=self.name,
            )


# Engine.IO 4 inside a WebSocket: "0" opens, "40" joins the namespace, "42" carries an event, "2" pings and "3" answers.
def _path(room: int, seat: int) -> str:
    return f"/socket.io/?EIO=4&transport=websocket&room={room_name(room)}&token={token(room, seat)}"


def _message(text: str) -> str:
    return "42" + json.dumps(["message", text])


def _answer(payload: bytes) -> bytes | None:
    if payload.startswith(b"0"):
        return b"40"
    return b"3" if payload == b"2" else None
