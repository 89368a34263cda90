"""The staff door of the help desk, by feature."""

from .bookings import admin as bookings
from .requests import admin as requests
from .sessions import admin as sessions
from .summons import admin as summons

__all__ = ["bookings", "requests", "sessions", "summons"]
