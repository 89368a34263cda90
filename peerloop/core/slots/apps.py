from django.apps import AppConfig


class SlotsConfig(AppConfig):
    name = "peerloop.core.slots"
