"""What happens to accounts, for the floors above."""

from django.dispatch import Signal

# user: banned, deleted or signed out everywhere. Every open socket of that user must close. Sent after commit.
access_lost = Signal()

# session_key: one browser or program was signed out, by itself, from elsewhere, or because the password changed.
# Sockets that were opened with that session must close. Sent after commit.
session_ended = Signal()

# user: already made anonymous. Sent inside the transaction, so that what apps above erase goes with it or not at all.
account_deleted = Signal()

# user: chose another name, bio or time zone. Sent inside the transaction.
profile_changed = Signal()
