"""Two answers for machines, at addresses that need neither a session nor a permission."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from peerloop.operations import health


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process is up. Asks nothing of the database, Redis or the worker, so it stays true when they are gone."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Everything the site stands on is there (200), or what is not (503), each with its reason."""
    reasons = health.reasons()
    checks = {name: reason or "ok" for name, reason in reasons.items()}
    if any(reasons.values()):
        return JsonResponse({"status": "unavailable", "checks": checks}, status=503)
    return JsonResponse({"status": "ok", "checks": checks})
