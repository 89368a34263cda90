from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "peerloop.core.realtime"
