"""The HTML door of Summon Help: the panel in its states, the talk, the thanks."""

from .session import changes, end, messages
from .summons import accept, again, cancel, incoming, session, summons
from .thanks import skip, thanks

__all__ = [
    "accept",
    "again",
    "cancel",
    "changes",
    "end",
    "incoming",
    "messages",
    "session",
    "skip",
    "summons",
    "thanks",
]
