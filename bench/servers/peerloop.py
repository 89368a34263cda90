"""`peerloop`: the product with production settings, on Daphne as `manage.py serve` starts it and on uvicorn."""

import json
from types import MappingProxyType
from typing import Any

from bench.bells import PaidDesk
from bench.dispatch import Desk
from bench.load import Dialect
from bench.servers.base import SCRATCH, Page, Server, python, run_once
from bench.servers.peerloop_desk import PeerLoopDesk
from bench.stores import REDIS_URL, database_url

_WORKER = ("worker", "-Q", "live", "--concurrency", "2", "--without-gossip", "--without-mingle")
_world: dict[str, Any] = {}
"""What `peerloop_world` made, once for all three; they share its database."""


class PeerLoop(Server):
    name = "peerloop"
    database = "peerloop"
    workloads = ("idle", "course", "sat", "burst", "stall", "pages", "dispatch", "bells", "races")

    def prepare(self) -> None:
        if not _world:
            for command in (("migrate", "--verbosity", "0"), ("collectstatic", "--noinput", "--verbosity", "0")):
                run_once(python("manage.py", *command), self.environment(), name=self.name)
            made = run_once(python("-m", "bench.servers.peerloop_world"), self.environment(), name=self.name)
            _world.update(json.loads(made.splitlines()[-1]))
        self.cookie = _world["cookies"][0][0]
        self.pages = MappingProxyType({name: Page(**page) for name, page in _world["pages"].items()})

    @property
    def dialect(self) -> Dialect:
        return Dialect(
            path=lambda room, seat: _world["sockets"][room][seat],
            cookie=lambda room, seat: _world["cookies"][room][seat],
            message=lambda text: json.dumps({"type": "message", "content": text, "is_question": False}),
            # The socket is accepted before the member is in: the first frame says so.
            welcome=b"{",
        )

    def desk(self) -> Desk:
        return self.paid_desk()

    def paid_desk(self) -> PaidDesk:
        students = [cookie for seats in _world["cookies"] for cookie in seats]
        # It rings the bells and counts the helpers: what that costs is part of what a call costs. One is enough.
        if len(self._running) == self.processes:
            self._running.append(self.launch(python("-m", "celery", "-A", "peerloop", "--quiet", *_WORKER)))
        return PeerLoopDesk(self.ports[0], course=_world["course"], helpers=_world["helpers"], students=students)

    def races(self, times: int, seconds: float) -> dict[str, float]:
        race = python("-m", "bench.servers.peerloop_races", str(times), str(seconds))
        said = run_once(race, self.environment(), name=self.name, seconds=seconds + 120)
        found: dict[str, float] = json.loads(said.splitlines()[-1])
        return found

    def command(self, port: int) -> list[str]:
        return python("manage.py", "serve", "--port", str(port))

    def environment(self) -> dict[str, str]:
        return {
            "PEERLOOP_MODE": "production",
            "PEERLOOP_VAR": str(SCRATCH / "peerloop"),
            "PEERLOOP_SECONDS_BETWEEN_MESSAGES": "0",
            "DJANGO_SETTINGS_MODULE": "peerloop.settings",
            "DATABASE_URL": database_url("peerloop"),
            "REDIS_URL": REDIS_URL,
            "SECRET_KEY": "only-for-the-loopback",
            "ALLOWED_HOSTS": "127.0.0.1",
            "HTTPS": "0",
            "TEST_PAYMENTS": "1",
        }


class PeerLoopOnUvicorn(PeerLoop):
    name = "peerloop-uvicorn"
    workloads = ("idle", "course", "sat", "burst", "stall", "pages")

    def command(self, port: int) -> list[str]:
        options = ("--host", "127.0.0.1", "--port", str(port), "--lifespan", "off", "--no-access-log")
        return python("-m", "uvicorn", "peerloop.asgi:application", *options)


class PeerLoopPair(PeerLoop):
    """The members of each room spread over two processes."""

    name = "peerloop-pair"
    processes = 2
    workloads = ("burst",)
