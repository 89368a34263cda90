"""The one way in which a start fails on purpose."""


class Problem(Exception):
    """Something the person at the terminal can put right; its text is the whole sentence to show them."""
