"""Every table of the help desk, by feature."""

from .bookings.models import BookedQuarter, Booking, DayOff, WeeklyHours
from .sessions.models import HelperRecord, HelpSession, SessionAttachment, SessionMessage
from .summons.models import HelperLimits, HelpSummons, SummonsOffer

__all__ = [
    "BookedQuarter",
    "Booking",
    "DayOff",
    "HelpSession",
    "HelpSummons",
    "HelperLimits",
    "HelperRecord",
    "SessionAttachment",
    "SessionMessage",
    "SummonsOffer",
    "WeeklyHours",
]
