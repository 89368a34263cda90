from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "peerloop.core.moderation"

    def ready(self) -> None:
        from peerloop.core.markup import navigation

        from . import exports, notifications  # noqa: F401
        from .permissions import can_moderate

        navigation.add(
            "admin:moderation_flaggeditem_changelist",
            "Moderation",
            icon="flag",
            places={"account"},
            order=90,
            shown_to=can_moderate,
        )
