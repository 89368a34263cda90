"""The verbs of sessions, by subject."""
