"""The people of a summons as programs: each asks any web process over HTTP, and listens there on sockets."""

import json
from http.client import HTTPConnection
from typing import Any

from helpdesk.models import HelpSummons
from peerloop.core.accounts.models import User
from tests.support.browsers import session
from tests.support.site import Site
from tests.support.wire import Wire

SECRET = "s" * 32


class Program:
    """One person's program, signed in once and for every web process."""

    def __init__(self, user: User) -> None:
        self.user = user
        cookies = f"sessionid={session(user)}; csrftoken={SECRET}"
        self._headers = {"Cookie": cookies, "X-CSRFToken": SECRET, "Content-Type": "application/json"}

    def post(self, site: Site, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        return self._ask(site, "POST", path, json.dumps(body))

    def get(self, site: Site, path: str) -> tuple[int, dict[str, Any]]:
        return self._ask(site, "GET", path, None)

    def call(self, site: Site, course: Any) -> HelpSummons:
        """Summon help, successfully."""
        status, made = self.post(site, "/api/help/request", course_id=str(course.pk))
        assert status == 201, made
        return HelpSummons.objects.get(pk=made["request_id"])

    def accept(self, site: Site, summons: HelpSummons) -> tuple[int, str]:
        """The status, and the sentence of a refusal."""
        status, answer = self.post(site, f"/api/help/{summons.pk}/accept")
        return status, answer.get("error", "")

    def anywhere(self, site: Site) -> Wire:
        """The socket that every page has; who holds it is present."""
        return Wire(site, None, self.user, path="/api/me/connect")

    def at(self, site: Site, summons: HelpSummons) -> Wire:
        """The socket of one summons."""
        return Wire(site, summons, self.user, path=f"/api/help/connect?request_id={summons.pk}")

    def _ask(self, site: Site, method: str, path: str, body: str | None) -> tuple[int, dict[str, Any]]:
        line = HTTPConnection("127.0.0.1", site.port, timeout=60)
        try:
            line.request(method, path, body, self._headers)
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            line.close()
