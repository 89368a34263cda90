from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "peerloop.core.payments"

    def ready(self) -> None:
        from . import exports, notifications, pieces, receivers  # noqa: F401
