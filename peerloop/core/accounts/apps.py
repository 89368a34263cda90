from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "peerloop.core.accounts"

    def ready(self) -> None:
        from peerloop.core.markup import navigation

        from . import exports, receivers  # noqa: F401

        navigation.add(
            "settings_profile",
            "Settings",
            icon="sliders",
            places={"account"},
            order=90,
            shown_to=navigation.signed_in,
        )
        post_migrate.connect(receivers.make_system, sender=self)
