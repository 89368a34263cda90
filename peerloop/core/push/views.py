"""What a browser asks for by itself: the worker that receives pushes, and how the site looks when it is installed."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.views.decorators.http import require_safe

DAY = 24 * 3600


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the top of the site, because a worker serves what lies below its own address."""
    script = Path(str(finders.find("js/service-worker.js"))).read_text()
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    about = {
        "id": "/",
        "name": "PeerLoop",
        "short_name": "PeerLoop",
        "description": "Learn it from someone who just did.",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf8f9",
        "theme_color": "#6b2c62",
        "icons": [
            _icon("ui/icon-192.png", "192x192", "any"),
            _icon("ui/icon-512.png", "512x512", "any"),
            _icon("ui/icon-maskable-512.png", "512x512", "maskable"),
        ],
    }
    headers = {"Cache-Control": f"public, max-age={DAY}"}
    return JsonResponse(about, content_type="application/manifest+json", headers=headers)


def _icon(name: str, sizes: str, purpose: str) -> dict[str, str]:
    return {"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
