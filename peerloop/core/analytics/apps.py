from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "peerloop.core.analytics"

    def ready(self) -> None:
        from . import exports, receivers  # noqa: F401
