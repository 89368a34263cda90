"""`tutorial`: the chat of the Channels tutorial, storing its messages the way its readers do: the naive peer."""

import json
from types import MappingProxyType

from bench.load import Dialect
from bench.servers.base import PAGES, Page, Server, python, room_name, run_once, token
from bench.stores import REDIS_URL, database_url


class Tutorial(Server):
    name = "tutorial"
    database = "tutorial"
    workloads = ("idle", "course", "sat", "burst", "pages")
    pages = MappingProxyType(dict.fromkeys(PAGES, Page("/messages/", queries=3)))

    def prepare(self) -> None:
        self.cookie = run_once(python("-m", "bench.tutorial.prepare"), self.environment(), name=self.name).strip()

    @property
    def dialect(self) -> Dialect:
        return Dialect(
            path=lambda room, seat: f"/ws/chat/{room_name(room)}/?token={token(room, seat)}",
            message=lambda text: json.dumps({"message": text}),
        )

    def command(self, port: int) -> list[str]:
        return python("-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "bench.tutorial.asgi:application")

    def environment(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "bench.tutorial.settings",
            "BENCH_DATABASE": database_url("tutorial"),
            "BENCH_REDIS": REDIS_URL,
        }
