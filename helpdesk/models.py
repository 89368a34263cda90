"""Every table of the help desk, by feature."""

from .sessions.models import HelpSession, SessionAttachment, SessionMessage
from .summons.models import HelpSummons

__all__ = ["HelpSession", "HelpSummons", "SessionAttachment", "SessionMessage"]
