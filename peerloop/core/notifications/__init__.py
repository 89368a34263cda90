"""Telling one person that something awaits: in the bell, on the page, by mail.

Nouns: Kind (declared), Notification, Preference.
"""
