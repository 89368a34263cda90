"""The live talk of a student and a helper: text, typing, read marks, a clock on server time.

Nouns: HelpSession, seat (one party's own channel), SessionMessage. A session has the id of what it came of, a summons.
"""
