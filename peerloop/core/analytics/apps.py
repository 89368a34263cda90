from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "peerloop.core.analytics"
