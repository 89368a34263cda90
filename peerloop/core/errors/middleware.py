"""Turns a refusal that no view caught into the page or fragment that says so."""

from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from kombu.exceptions import OperationalError
from redis import exceptions as redis

from . import PartAway, Refusal, SignInNeeded

log = structlog.get_logger(__name__)
# Redis and the way to the worker. Whoever can do without them never lets these out.
AWAY = (redis.ConnectionError, redis.TimeoutError, OperationalError)


def page_of(request: HttpRequest) -> str:
    """Where to return to after signing in: the page asked for, or the one whose form was sent."""
    if request.method == "GET":
        return request.get_full_path()
    return urlsplit(request.headers.get("Referer", "/")).path or "/"


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, AWAY):
            log.error("part_away", error=str(error))
            error = PartAway()
        if not isinstance(error, Refusal):
            return None
        asked_by_htmx = getattr(request, "htmx", False)
        if isinstance(error, SignInNeeded) and not asked_by_htmx:
            return redirect_to_login(page_of(request))
        template = "components/_refusal.html" if asked_by_htmx else "refusal.html"
        return render(request, template, {"refusal": error}, status=error.status)
