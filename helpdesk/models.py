"""Every table of the help desk, by feature."""

from .bookings.models import BookedQuarter, Booking, DayOff, WeeklyHours
from .requests.models import (
    Claim,
    HelpRequest,
    HelpResponse,
    PhotoPin,
    ProblemReport,
    RequestDraft,
    RequestEdit,
    RequestPhoto,
    ResponsePhoto,
)
from .sessions.models import HelperRecord, HelpSession, SessionAttachment, SessionMessage
from .summons.models import HelperLimits, HelpSummons, SummonsOffer

__all__ = [
    "BookedQuarter",
    "Booking",
    "Claim",
    "DayOff",
    "HelpRequest",
    "HelpResponse",
    "HelpSession",
    "HelpSummons",
    "HelperLimits",
    "HelperRecord",
    "PhotoPin",
    "ProblemReport",
    "RequestDraft",
    "RequestEdit",
    "RequestPhoto",
    "ResponsePhoto",
    "SessionAttachment",
    "SessionMessage",
    "SummonsOffer",
    "WeeklyHours",
]
