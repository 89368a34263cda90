from .booking import accept, booking, bookings, calendar, cancel, decline, start
from .booking_page import book
from .hours import add_day_off, hours, remove_day_off, remove_hours

__all__ = [
    "accept",
    "add_day_off",
    "book",
    "booking",
    "bookings",
    "calendar",
    "cancel",
    "decline",
    "hours",
    "remove_day_off",
    "remove_hours",
    "start",
]
