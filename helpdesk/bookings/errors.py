from peerloop.core.errors import Conflict, Invalid, NotAllowed, NotThere


class BookingNotThere(NotThere):
    text = "That booked session is not here, or not for you to see."


class EnrolToBook(NotAllowed):
    text = "Enrol in this course to book a session with its Student-Teachers."


class HelpersAreBooked(NotAllowed):
    text = "This page is for helpers. Student-Teachers set here when they can be booked."


class TimeNotOffered(Conflict):
    text = "That time is not offered any more. Choose another."


class TimeTaken(Conflict):
    text = "Somebody has just taken that time. Choose another."


class OwnTimeTaken(Conflict):
    text = "You have another session at that time. Choose another."


class TooManyBookings(Conflict):
    text = "You have {limit} sessions ahead of you. Hold or cancel one of them, then book the next."


class ChooseTime(Invalid):
    text = "Choose a time first."


class NotAsked(NotAllowed):
    text = "Only the Student-Teacher who was asked can answer this request."


class NotWaiting(Conflict):
    text = "This request is not waiting for an answer any more."


class CancelInstead(Conflict):
    text = "You have accepted this session. Cancel it instead."


class NotYourCourseAnyMore(NotAllowed):
    text = "Only Student-Teachers of this course can accept. Decline, so that the student can ask somebody else."


class NothingToCancel(Conflict):
    text = "There is nothing to cancel: this session is not ahead of you any more."


class TimeHasCome(Conflict):
    text = "The time of this session has come. Start it, or let it pass."


class NotAgreed(Conflict):
    text = "You two have not agreed on this session, so it cannot be started."


class NotOpenYet(Conflict):
    text = "The session opens {minutes} minutes before its time."


class TimeIsOver(Conflict):
    text = "The time of this session is over. Book another one."


class YouAreBusy(Conflict):
    text = "You are in another session, or waiting for one. End that first, then start this one."


class OtherIsBusy(Conflict):
    text = "{name} is still in another session. Wait a moment, then start again."


class EndBeforeStart(Invalid):
    text = "Choose an end after the start. What goes beyond midnight belongs to the next day: add it there."


class OffTheGrid(Invalid):
    text = "Choose times at the full or the half hour."


class DayNotAhead(Invalid):
    text = "Choose a day within the next year."
