"""What staff do about content and people, each act on record and reversible.

Nouns: Flagged item, Act (audit log).
"""
