"""What the composing pages refuse."""

from peerloop.core.errors import NotAllowed


class HelpersOnly(NotAllowed):
    text = "This page is for helpers. You become one when you are certified as a Student-Teacher."
