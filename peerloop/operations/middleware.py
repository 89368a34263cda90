"""Every request has an id: in its log lines, in its answer, in the jobs it leaves behind."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
# The caller's id is taken over only in this shape, since it ends in logs and headers.
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,128}")
# Machines ask for these every few seconds; a line for each would bury the rest.
UNLOGGED = frozenset({"/healthz", "/readyz"})

log = structlog.get_logger("peerloop.requests")


class RequestIdMiddleware:
    """Stands first, so that what every other middleware logs carries the id as well."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = given_id(request) or uuid.uuid4().hex
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            if request.path not in UNLOGGED:
                log.info("request", **_line(request, response, time.perf_counter() - started))
        response[HEADER] = request_id
        return response


def given_id(request: HttpRequest) -> str | None:
    """Return the id that the proxy or caller gave this request, if it is fit to be kept."""
    value = request.headers.get(HEADER, "")
    return value if ACCEPTED.fullmatch(value) else None


def _line(request: HttpRequest, response: HttpResponse, seconds: float) -> dict[str, object]:
    # The route, not the path: paths of password resets and invitations are secrets.
    match = request.resolver_match
    return {
        "method": request.method,
        "route": f"/{match.route}" if match else None,
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
    }
