"""What happened to people's presence, for the floors above."""

from django.dispatch import Signal

# user, available: the switch was turned. Sent after commit, only when it changed.
availability_changed = Signal()
