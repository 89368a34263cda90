"""What happened to summons, for the folder's own pieces. Sent after commit, with `summons`."""

from django.dispatch import Signal

# Somebody calls for help.
called = Signal()
