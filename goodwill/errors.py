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


class OwnContent(NotAllowed):
    text = "This is your own. Others decide whether it helped."


class VoteOnNothing(NotThere):
    text = "That is not here any more, so there is nothing to vote on."


class ExpertiseNotThere(NotThere):
    text = "That expertise is not there any more. Open the list again."


class StaffVerify(NotAllowed):
    text = "Only staff verify what somebody knows."


class OwnExpertise(NotAllowed):
    text = "Somebody else has to verify what you know."
