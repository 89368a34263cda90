"""The HTML door of Summon Help: the panel in its states, the talk, the thanks."""

from .call import call
from .helping import helped, limits
from .offers import offer_acceptance, offer_refusal
from .reports import report
from .session import changes, end, messages
from .summons import accept, again, cancel, dismiss, incoming, session, summons
from .thanks import skip, thanks

__all__ = [
    "accept",
    "again",
    "call",
    "cancel",
    "changes",
    "dismiss",
    "end",
    "helped",
    "incoming",
    "limits",
    "messages",
    "offer_acceptance",
    "offer_refusal",
    "report",
    "session",
    "skip",
    "summons",
    "thanks",
]
