from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "peerloop.core.notifications"

    def ready(self) -> None:
        from . import exports, pieces, receivers  # noqa: F401
