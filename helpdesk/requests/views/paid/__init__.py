"""The pages of paid requests: asking, waiting, the session of the two, the list of helpers."""

from .afterwards import problem, rating
from .claims import claim, offers
from .customers import ask, status, withdraw
from .outcomes import outcome
from .sessions import call, customer_session, give_back, helper_session, start
from .talks import changes, messages, report_message

__all__ = [
    "ask",
    "call",
    "changes",
    "claim",
    "customer_session",
    "give_back",
    "helper_session",
    "messages",
    "offers",
    "outcome",
    "problem",
    "rating",
    "report_message",
    "start",
    "status",
    "withdraw",
]
