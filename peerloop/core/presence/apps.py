from django.apps import AppConfig


class PresenceConfig(AppConfig):
    name = "peerloop.core.presence"
