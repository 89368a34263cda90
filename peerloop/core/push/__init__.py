"""Telling a person on a device whose browser is closed: web push, encrypted for the device and signed with our key.

Nouns: Device (one browser of one person), Message (owed to a device, gone once it has left). Stands on accounts.
"""
