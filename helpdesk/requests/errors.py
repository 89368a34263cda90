from peerloop.core.errors import Conflict, Invalid, NotAllowed, NotThere


class RequestNotThere(NotThere):
    text = "That help request is not here, or not for you to see."


class NotYourRequest(NotAllowed):
    text = "Only the person who asked can do that."


class UnknownCategory(Invalid):
    text = "Choose a category from the list."


class DescriptionMissing(Invalid):
    text = "Describe what you need help with."


class DescriptionTooLong(Invalid):
    text = "That is {length} characters; {limit} fit. Shorten it; you can tell the rest in the session."


class OnlyHelpersClaim(NotAllowed):
    text = "Only helpers can take paid requests."


class OwnRequest(NotAllowed):
    text = "This is your own request. Let another helper take it."


class ClaimedAlready(Conflict):
    text = "Somebody else has taken this request already."


class RequestOver(Conflict):
    text = "This request is not waiting for help any more."


class NoMoneyHeld(Conflict):
    text = "The money for this request is not on hold any more. Look for another request."


class NotYourClaim(NotAllowed):
    text = "Only the helper who took this request can do that."


class ClaimOver(Conflict):
    text = "You do not have this request any more: it was given back, or its time to start is over."


class StartedAlready(Conflict):
    text = "The session has started. End it and say how it went."


class NotStarted(Conflict):
    text = "The session has not started. Start it, or give the request back."


class BeingHelped(Conflict):
    text = "Your session is going on, so the request cannot be withdrawn any more."


class OutcomeMissing(Invalid):
    text = "Choose how the session went: issue resolved, not resolved, or needs in-person visit."


class NotesTooLong(Invalid):
    text = "That is {length} characters of notes; {limit} fit. Shorten them."


class OnlyStaffEnds(NotAllowed):
    text = "Only staff can end a session that its helper has abandoned."
