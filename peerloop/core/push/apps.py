from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PushConfig(AppConfig):
    name = "peerloop.core.push"

    def ready(self) -> None:
        from . import exports, pieces, receivers  # noqa: F401

        post_migrate.connect(receivers.have_a_key, sender=self)
