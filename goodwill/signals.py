"""What happens to points, for the floors above."""

from django.dispatch import Signal

# transaction: an award was booked and committed. Starting balances are no awards.
points_awarded = Signal()
