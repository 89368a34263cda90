"""The jobs of the help desk, for the worker."""

from .bookings.tasks import sweep_bookings
from .requests.tasks import expire_claim, sweep_requests
from .summons.tasks import expire_summons, next_wave, sweep_summons

__all__ = [
    "expire_claim",
    "expire_summons",
    "next_wave",
    "sweep_bookings",
    "sweep_requests",
    "sweep_summons",
]
