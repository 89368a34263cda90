from peerloop.core.errors import Conflict, NotAllowed, NotThere


class SessionNotThere(NotThere):
    text = "That session is not here, or not yours."


class NotInSession(NotAllowed):
    text = "Only the two people of this session can do that."


class SessionOver(Conflict):
    text = "This session has ended."


class HelperBusy(Conflict):
    text = "You are in a session already. End it first, then help the next person."


class StudentBusy(Conflict):
    text = "This student is in another session now."
