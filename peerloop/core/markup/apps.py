from django.apps import AppConfig


class MarkupConfig(AppConfig):
    name = "peerloop.core.markup"
