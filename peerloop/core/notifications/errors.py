"""What can be refused about notifications."""

from peerloop.core.errors import NotThere


class NoSuchNotification(NotThere):
    text = "That notification is not here any more."
