"""The live talk of a student and a helper: text, typing, read marks, a video call, a clock on server time.

Nouns: HelpSession, seat (one party's own channel), SessionMessage, peer (one page in the call).
A session has the id of what it came of, a summons.
"""
