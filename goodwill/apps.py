from django.apps import AppConfig


class GoodwillConfig(AppConfig):
    name = "goodwill"

    def ready(self) -> None:
        from . import exports, notifications, pieces, receivers  # noqa: F401
