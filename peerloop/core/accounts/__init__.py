"""People: one account each, its profile, its role, whether it may speak, and its time zone.

Nouns: User, SYSTEM (the acting "person" of machines). Stands on the bottom packages only.
"""
