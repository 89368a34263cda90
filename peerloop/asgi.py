"""The server's entrance: HTTP to Django, sockets to the consumers, one line per app."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerloop.settings")
django_application = get_asgi_application()

from peerloop.core.realtime.routing import nowhere, websocket_routes as person_routes  # noqa: E402  (apps first)

websocket_routes = [
    *person_routes,
    *nowhere,
]

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_routes))),
    }
)
