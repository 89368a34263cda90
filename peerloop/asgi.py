"""The server's entrance: HTTP to Django, sockets to the consumers, one line per app."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import SessionMiddlewareStack
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerloop.settings")
django_application = get_asgi_application()

# Apps must be loaded before their consumers.
from chat.routing import websocket_routes as chat_routes  # noqa: E402
from helpdesk.routing import websocket_routes as help_routes  # noqa: E402
from peerloop.core.presence.routing import websocket_routes as person_routes  # noqa: E402
from peerloop.core.realtime.origins import OriginCheck  # noqa: E402
from peerloop.core.realtime.routing import nowhere  # noqa: E402

websocket_routes = [
    *person_routes,
    *chat_routes,
    *help_routes,
    *nowhere,
]

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": OriginCheck(SessionMiddlewareStack(URLRouter(websocket_routes))),
    }
)
