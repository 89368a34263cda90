from peerloop.core.errors import Conflict, Invalid, NotAllowed, NotThere


class SummonOff(NotThere):
    text = "Summon Help is switched off at the moment."


class SummonsNotThere(NotThere):
    text = "That request for help is not here, or not for you to see."


class EnrolFirst(NotAllowed):
    text = "Enrol in this course to summon help."


class NoHelpers(Conflict):
    text = "No helpers available right now. Try Course Chat instead."


class HelpersUnknown(NoHelpers):
    status = 503
    text = "Who is here cannot be told at the moment. Wait a minute and call again, or ask in Course Chat."


class ModuleNotInCourse(Invalid):
    text = "That module is not part of this course."


class QuestionTooLong(Invalid):
    text = "That is {length} characters; {limit} fit. Shorten it; you can say the rest once you are connected."


class OwnSummons(NotAllowed):
    text = "You cannot answer your own request for help."


class NotYourCourse(NotAllowed):
    text = "Only Student-Teachers of this course can help here."


class AlreadyTaken(Conflict):
    text = "Somebody else is already helping."


class HalfAQuietTime(Invalid):
    text = "Quiet hours need a beginning and an end. Give both times, or leave both empty."


class QuietAllDay(Invalid):
    text = 'From and until are the same time. For a whole day off, turn "Available to Help" off instead.'


class CapOutOfRange(Invalid):
    text = "Allow yourself 1 to {most} sessions a day, or leave it empty."


class AlreadyYours(Conflict):
    text = "You have accepted this one already. Open the session to help."


class Expired(Conflict):
    text = "The time to answer is over; the student is not waiting any more."


class Cancelled(Conflict):
    text = "The student does not need help any more."


class Cooldown(Conflict):
    text = "You two have talked just before. Let another helper take this one."


class NotConnected(Conflict):
    text = "There is no session to end: nobody is connected."


class OfferNotThere(NotThere):
    text = "This offer is not here any more. Your dashboard shows who waits for help."


class OfferUsed(Conflict):
    text = "You have answered this already, here or on another device."


class NotEndedByYou(Invalid):
    text = "Say that you ended it yourself: your part in this session is {party}."


class NotPending(Conflict):
    text = "There is nothing to cancel: this request for help is not waiting any more."


class NotOverYet(Conflict):
    text = "End the session first, then thank your helper."


class NotYourHelper(Invalid):
    text = "That person did not help you in this session."


class TooShort(NotAllowed):
    text = "Points thank a session of at least {minutes} minutes."
