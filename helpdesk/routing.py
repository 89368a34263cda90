from django.urls import path

from .summons.consumers import AvailableSocket, HelpSocket

websocket_routes = [
    path("api/help/connect", HelpSocket.as_asgi()),
    path("api/help/available", AvailableSocket.as_asgi()),
]
