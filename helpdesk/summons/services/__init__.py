"""The verbs of summons, by subject."""
