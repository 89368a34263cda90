from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "peerloop.core.moderation"

    def ready(self) -> None:
        from . import exports, notifications  # noqa: F401
