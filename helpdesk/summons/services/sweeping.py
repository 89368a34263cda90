"""What must happen by the clock, whatever became of the process that should have done it."""

from ...sessions.services.presence import sweep_helpers
from .availability import refresh_waiting
from .calling import expire_due
from .ending import end_all_abandoned
from .limits import refresh_resting
from .ringing import ring_due
from .waves import widen_due


def sweep() -> None:
    """Close overdue summons, tell the next waves, ring what was not rung, end what was abandoned.

    Again changes nothing more.
    """
    expire_due()
    widen_due()
    ring_due()
    sweep_helpers()
    end_all_abandoned()
    refresh_resting()
    refresh_waiting()
