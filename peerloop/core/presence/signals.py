"""What happened to people's presence, for the floors above."""

from django.dispatch import Signal

# user, available: the switch was turned. Sent after commit, only when it changed.
availability_changed = Signal()

# arrived, gone: sets of ids of people who opened their first page, or whose last one went. Sent in a thread.
people_changed = Signal()
