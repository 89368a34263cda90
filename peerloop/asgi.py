"""The server's entrance: HTTP to Django, sockets to the consumers, one line per app."""

import os

import django
from asgiref.sync import sync_to_async
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import SessionMiddlewareStack
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponseBase


class PageHandler(ASGIHandler):
    """Runs a request from the first middleware to its view and back without leaving the request's thread.

    All of ours is synchronous; Django would go back to the event loop before the view and once more after it.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response)(request)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerloop.settings")
django.setup(set_prefix=False)
django_application = PageHandler()

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
