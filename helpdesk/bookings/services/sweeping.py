"""What must happen by the clock, whatever became of the process that should have done it."""

from .ending import expire_due, miss_passed
from .reminding import remind_due


def sweep() -> None:
    """Close unanswered requests, note missed sessions, send reminders. Again changes nothing more."""
    expire_due()
    miss_passed()
    remind_due()
