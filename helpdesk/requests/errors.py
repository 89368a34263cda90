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


class ProblemMissing(Invalid):
    text = "Say in your own words what went wrong."


class WordsTooLong(Invalid):
    text = "That is {length} characters; {limit} fit. Shorten it."


class NothingPaid(Conflict):
    text = "Nothing was taken for this session, so there is nothing to refund."


class TooLateToReport(Conflict):
    text = "A problem can be reported for {days} days after a session, and these are over. You can still rate the help."


class ProblemNotThere(NotThere):
    text = "That report is not there any more."


class OnlyStaffDecides(NotAllowed):
    text = "Only staff can decide about a report."


class OwnSessionReported(NotAllowed):
    text = "This was a session of yours, so somebody else of the staff decides about it."


class DecidedAlready(Conflict):
    text = "This report was decided before, so nothing has changed. Look at it to see how."


class ReasonMissing(Invalid):
    text = "Say in a sentence why nothing is refunded. The customer and the helper read it."


# What can be refused around free requests and their responses.


class TitleMissing(Invalid):
    text = "Give your request a title."


class TitleTooLong(Invalid):
    text = "That is {length} characters; a title holds {limit}. Say the rest in the description."


class TextTooLong(Invalid):
    text = "That is {length} characters; {limit} fit. Shorten it, or add the rest as a response."


class SubcategoryTooLong(Invalid):
    text = "That is {length} characters; the name of a technique holds {limit}."


class UnknownLevel(Invalid):
    text = "Choose a level from the list, or none."


class UnknownUrgency(Invalid):
    text = "Choose how urgent it is from the list."


class CourseNotYours(Invalid):
    text = "Choose one of your own courses, or none."


class ResponseMissing(Invalid):
    text = "Write your answer first."


class ResponseNotThere(NotThere):
    text = "That response is not here, or not for you to see."


class NotYourResponse(NotAllowed):
    text = "Only the person who wrote this response can change it."


class ChangedMeanwhile(Conflict):
    text = "This was changed meanwhile. Look at how it stands now, then change it again."


class RequestClosed(Conflict):
    text = "This request is closed. Its author can open it again."


class NothingToRate(Conflict):
    text = "There is nothing to rate yet: this request has not come to its end."


class OneToFive(Invalid):
    text = "Choose 1 to 5."


class TooManyPhotos(Invalid):
    text = "Add up to {limit} photos."


class PhotoNotYours(Invalid):
    text = "One of these photos is not there any more. Upload it again."


class PhotoTwice(Invalid):
    text = "One of these photos is there twice. Remove one of the two."


class CaptionTooLong(Invalid):
    text = "A caption or note holds {limit} characters. Shorten it."


class UnknownPhotoKind(Invalid):
    text = "A photo is from before, from after, or neither."


class PhotoNotThere(NotThere):
    text = "That photo is not there any more."


class PinNotThere(NotThere):
    text = "That mark is not there any more."


class PinOutside(Invalid):
    text = "Set the mark on the photo."


class TooManyPins(Conflict):
    text = "A photo holds {limit} marks. Remove one, then set another."


class OnlyRequesterSolves(NotAllowed):
    text = "Only the person who asked can say what solved it."


class OnlyHelpersTake(NotAllowed):
    text = "Only helpers can take requests. You can respond to it."


class NotAssigning(NotAllowed):
    text = "Only the person who asked can choose who helps."


class NotAResponder(Conflict):
    text = "Choose somebody who has responded to this request."


class NoSuchHelper(Invalid):
    text = "That person is not here any more. Choose somebody else."


class NobodyOfThatName(Invalid):
    text = 'Nobody here has the user name "{name}". Check how it is written.'


class NotToYourself(Invalid):
    text = "You cannot be your own helper. Choose somebody else."


class TakenAlready(Conflict):
    text = "Somebody is taking care of this request already. You can respond to it all the same."


class DraftTooLong(Invalid):
    text = "This draft is too long to keep. Shorten it."


class UnknownSorting(Invalid):
    text = "Sort by newest, helpful or unanswered."
