"""What is refused about devices."""

from peerloop.core.errors import Invalid, NotThere


class NotAPushAddress(Invalid):
    text = "This browser gave an address that we cannot send to. Turn it off and on again, or use another browser."


class NoSuchDevice(NotThere):
    text = "That device is not on your list any more."
