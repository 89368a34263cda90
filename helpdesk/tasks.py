"""The jobs of the help desk, for the worker."""

from .bookings.tasks import sweep_bookings
from .summons.tasks import expire_summons, next_wave, sweep_summons

__all__ = ["expire_summons", "next_wave", "sweep_bookings", "sweep_summons"]
