"""The verbs of push, by subject."""
