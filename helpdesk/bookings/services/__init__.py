"""The verbs of bookings, by subject."""
