"""A session at a time that two people agree on (SBOK): when helpers can be booked, requests, answers, reminders.

Nouns: WeeklyHours, DayOff, Booking, BookedQuarter. At its time a booking becomes an answered summons.
"""
