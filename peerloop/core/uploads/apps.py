from django.apps import AppConfig


class UploadsConfig(AppConfig):
    name = "peerloop.core.uploads"
