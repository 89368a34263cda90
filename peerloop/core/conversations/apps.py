from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "peerloop.core.conversations"
