from django.urls import path

from .consumers import PersonSocket

websocket_routes = [path("api/me/connect", PersonSocket.as_asgi())]
