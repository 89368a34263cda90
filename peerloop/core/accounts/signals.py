"""What happens to accounts, for the floors above."""

from django.dispatch import Signal

# user: signed out everywhere, banned or deleted. Every open socket of that user must close.
access_lost = Signal()
