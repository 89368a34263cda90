from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "peerloop.core.realtime"

    def ready(self) -> None:
        from . import receivers  # noqa: F401
