"""The verbs of requests, by subject."""
