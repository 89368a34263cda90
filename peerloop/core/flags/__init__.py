"""Features that staff switch on and off: for everyone, a group, a person or a share of people.

Nouns: Flag. One question: can_access(user, name).
"""
