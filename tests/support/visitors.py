"""People with a browser that runs no scripts, at a real site."""

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from tests.support.browsers import session
from tests.support.patience import PATIENCE
from tests.support.site import Site

SECRET = "s" * 32
# Far more than a page takes even on a busy machine, and less than waiting for several who do not answer.
AT_ONCE = PATIENCE / 10


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Visitor:
    """Somebody at the site, signed in if a person is given. Follows no redirect.

    `late` is what took longer than a page may take, with its seconds.
    """

    def __init__(self, site: Site, user: Any = None) -> None:
        self.site = site
        self.late: dict[str, float] = {}
        self.cookies = {"csrftoken": SECRET, **({"sessionid": session(user)} if user else {})}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, **fields: str) -> Answer:
        return self._ask("POST", path, urlencode(fields), "application/x-www-form-urlencoded")

    def call(self, method: str, path: str, **body: Any) -> Answer:
        """As a program does."""
        return self._ask(method, path, json.dumps(body), "application/json")

    def _ask(self, method: str, path: str, body: str | None = None, kind: str = "") -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "X-CSRFToken": self.cookies["csrftoken"], "Content-Type": kind}
        line, began = HTTPConnection("127.0.0.1", self.site.port, timeout=60), monotonic()
        try:
            line.request(method, path, body, headers)
            reply = line.getresponse()
            text = reply.read().decode(errors="replace")
        finally:
            line.close()
        if (seconds := monotonic() - began) > AT_ONCE:
            self.late[f"{method} {path}"] = seconds
        self._keep(reply.headers.get_all("Set-Cookie") or [])
        return Answer(reply.status, reply.headers.get("Location") or "", text)

    def _keep(self, given: list[str]) -> None:
        for each in given:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(each).items()}
