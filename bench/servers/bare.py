"""`bare`: a `websockets` broadcaster with no store, no sign-in, no second process: the floor for one Python process."""

from bench.load import Dialect
from bench.servers.base import Server, python, room_name


class Bare(Server):
    name = "bare"
    workloads = ("idle", "course", "sat")

    @property
    def dialect(self) -> Dialect:
        return Dialect(path=lambda room, _seat: f"/{room_name(room)}", message=lambda text: text)

    def command(self, port: int) -> list[str]:
        return python("-m", "bench.servers.bare_app", str(port))
