from django.apps import AppConfig


class UploadsConfig(AppConfig):
    name = "peerloop.core.uploads"

    def ready(self) -> None:
        from . import exports  # noqa: F401
