"""What can be refused when points are to move."""

from peerloop.core.errors import Conflict, Invalid, NotAllowed, NotThere


class GoodwillOff(NotAllowed):
    text = "Goodwill points are switched off at the moment."


class UnknownReason(Invalid):
    text = "Points are not given for that reason."


class SelfAward(Invalid):
    text = "You cannot give points to yourself."


class NotWhole(Invalid):
    text = "Points are a whole number."


class OutOfRange(Invalid):
    text = "Choose {least} to {most} points."


class NoRecipient(NotThere):
    text = "That person is not here any more."


class AlreadyAwarded(Conflict):
    text = "You have already given points for this."


class InsufficientBalance(Conflict):
    text = "You have {balance} to give, which is not enough."
