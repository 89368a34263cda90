"""What must happen by the clock, whatever became of the process that should have done it."""

from ...sessions.services.presence import sweep_helpers
from .availability import refresh_waiting
from .calling import expire_due
from .ending import end_all_abandoned


def sweep() -> None:
    """Close overdue summons, notice helpers who are gone, end abandoned sessions. Again changes nothing more."""
    expire_due()
    sweep_helpers()
    end_all_abandoned()
    refresh_waiting()
