"""A student calls, every available Student-Teacher of the course hears it, the first to accept helps.

Nouns: HelpSummons (pending, accepted, completed, cancelled, timed out), responder, cooldown.
"""
