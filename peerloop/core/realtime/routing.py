from django.urls import path, re_path

from .consumers import Nowhere, PersonSocket

websocket_routes = [path("api/me/connect", PersonSocket.as_asgi())]

# Last in the list: an unknown address is closed with a code instead of an error.
nowhere = [re_path(r"", Nowhere.as_asgi())]
