from django.apps import AppConfig


class FlagsConfig(AppConfig):
    name = "peerloop.core.flags"
