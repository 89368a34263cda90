from peerloop.core.errors import Conflict, Invalid, NotAllowed, NotThere


class EmptyMessage(Invalid):
    text = "Write something first."


class MessageTooLong(Invalid):
    text = "That is {length} characters; a message holds {limit}. Shorten it or send it in two parts."


class ForbiddenCharacters(Invalid):
    text = "That text holds characters that cannot be stored. Remove them and send it again."


class SentDifferently(Conflict):
    text = "This message was already sent with another text. Send the new text as a new message."


class MessageNotThere(NotThere):
    text = "That message is not here any more."


class NotYours(NotAllowed):
    text = "Only its author can do that."


class Muted(NotAllowed):
    text = "You cannot post until {until}. You can still read."
