from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FlagsConfig(AppConfig):
    name = "peerloop.core.flags"

    def ready(self) -> None:
        from .receivers import make_rows

        post_migrate.connect(make_rows, sender=self)
