from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "peerloop.pages"
