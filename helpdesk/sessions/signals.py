"""What happened to sessions, for the folders above. Sent after commit, with `session`."""

from django.dispatch import Signal

session_opened = Signal()
session_ended = Signal()
