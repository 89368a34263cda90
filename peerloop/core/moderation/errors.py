"""What can be refused in moderation."""

from peerloop.core.errors import Conflict, Invalid, NotAllowed


class OwnContent(Invalid):
    text = "This is your own. You can change or delete it yourself."


class UnknownReason(Invalid):
    text = "Choose one of the reasons."


class NoteTooLong(Invalid):
    text = "Keep the note to {limit} characters."


class WhyNeeded(Invalid):
    text = "Say why, in one sentence of at most {limit} characters."


class NotForModerators(NotAllowed):
    text = "Only moderators decide this, not about themselves, and only a superuser about a superuser."


class AlreadyDecided(Conflict):
    text = "{who} has decided this already: {state}. Look at it again before you change that."


class ReportedAgain(Conflict):
    text = "This was changed and reported again meanwhile. Decide about the new report."


class NotHidden(Conflict):
    text = "This is not hidden."


class ThingGone(Conflict):
    text = "This was deleted meanwhile. Dismiss the report."


class AlreadyInForce(Conflict):
    text = "{who} has done this already: {person} is {standing}."


class NotInForce(Conflict):
    text = "{person} is not {standing} any more."


class PersonGone(Conflict):
    text = "This account was deleted."
