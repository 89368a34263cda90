from peerloop.core.errors import Conflict, Invalid, NotAllowed, NotThere


class NotEnrolled(NotAllowed):
    text = "You must be enrolled to access this chat."


class ChatOff(NotThere):
    text = "Course Chat is switched off at the moment."


class ReplyNotThere(Invalid):
    text = "The message you answer is not in this room any more. Send your text as a message of its own."


class PictureNotYours(Invalid):
    text = "One of the pictures is not there any more. Attach it again."


class TooManyPictures(Invalid):
    text = "A message holds at most {limit} pictures. Remove some and send it again."


class NotAQuestion(Conflict):
    text = "That is not an open question any more."


class AlreadyClaimed(Conflict):
    text = "{name} is already answering this. Answer too, or take another question."


class OnlyAnswers(NotAllowed):
    text = "Points thank an answer to a question."
