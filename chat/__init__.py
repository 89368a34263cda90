"""Each course's one room: questions, answers, thanks.

Nouns: Room, ChatMessage, question, answer, claim. Stands on courses, goodwill and conversations.
"""
