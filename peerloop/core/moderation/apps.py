from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "peerloop.core.moderation"
