"""What can be refused about notifications."""

from peerloop.core.errors import Invalid, NotThere


class NoSuchNotification(NotThere):
    text = "That notification is not here any more."


class LinkNotGood(NotThere):
    text = "This link is not good any more. Sign in and choose in your settings what is mailed to you."


class NotAnHour(Invalid):
    text = "Choose for the daily mail one of the hours in the list."
