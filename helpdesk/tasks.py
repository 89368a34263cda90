"""The jobs of the help desk, for the worker."""

from .summons.tasks import expire_summons, sweep_summons

__all__ = ["expire_summons", "sweep_summons"]
