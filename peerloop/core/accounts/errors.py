"""What can be refused here, and its sentence."""

from peerloop.core.errors import Conflict, Invalid, NotAllowed


class ProfileRefused(Invalid):
    text = "{problem}"


class UsernameTaken(Conflict):
    text = "Somebody else already has that user name. Choose another."


class NotYourAccount(NotAllowed):
    text = "You may only change your own account."


class AccountKept(NotAllowed):
    text = "This account belongs to the site and stays."
