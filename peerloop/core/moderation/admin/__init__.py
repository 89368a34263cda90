"""The staff door: the queue, one person, the log."""

from . import log, people, queue  # noqa: F401
