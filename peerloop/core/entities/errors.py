from peerloop.core.errors import Conflict


class AppendOnly(Conflict):
    """Code tried to change what was booked; no door does."""

    text = "What was booked stays booked."
