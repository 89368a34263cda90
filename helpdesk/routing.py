from django.urls import path

from .requests.consumers import RequestSocket, SessionSocket, ThreadSocket
from .summons.consumers import AvailableSocket, HelpSocket

websocket_routes = [
    path("api/help/connect", HelpSocket.as_asgi()),
    path("api/help/requests/connect", RequestSocket.as_asgi()),
    path("api/help/threads/connect", ThreadSocket.as_asgi()),
    path("api/help/sessions/connect", SessionSocket.as_asgi()),
    path("api/help/available", AvailableSocket.as_asgi()),
]
