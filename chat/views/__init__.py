"""The HTML door of Course Chat: the room, and what is done to one message."""

from .messages import claim, deletion, flag, message, question, text, thanks
from .rooms import changes, messages, room, search, settings, suggestions

__all__ = [
    "changes",
    "claim",
    "deletion",
    "flag",
    "message",
    "messages",
    "question",
    "room",
    "search",
    "settings",
    "suggestions",
    "text",
    "thanks",
]
