import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.tutorial.settings")
django_application = get_asgi_application()

from bench.tutorial.consumers import ChatConsumer  # noqa: E402  (the models need the application above)

websocket_urlpatterns = [re_path(r"ws/chat/(?P<room_name>\w+)/$", ChatConsumer.as_asgi())]
application = ProtocolTypeRouter(
    {"http": django_application, "websocket": AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns))}
)
