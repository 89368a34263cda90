from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "peerloop.core.accounts"

    def ready(self) -> None:
        from . import exports, receivers  # noqa: F401

        post_migrate.connect(receivers.make_system, sender=self)
