from django.urls import path

from .consumers import ChatSocket

websocket_routes = [path("api/chat/connect", ChatSocket.as_asgi())]
