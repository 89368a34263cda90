"""People adding to an ordered log, seeing each other type and read.

Nouns: Conversation, Message (abstract here), Participant. Course rooms, sessions, support chats subclass these.
"""
