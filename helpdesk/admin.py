"""The staff door of the help desk, by feature."""

from .sessions import admin as sessions
from .summons import admin as summons

__all__ = ["sessions", "summons"]
