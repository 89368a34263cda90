"""What courses refuse, with the sentence that says what to do next."""

from peerloop.core.errors import Conflict, Invalid, NotAllowed, NotThere


class EnrolFirst(NotAllowed):
    text = "Enrol to read this course."


class CourseClosed(NotThere):
    text = "This course is not open for enrolment."


class OnlyStaffEnrolsOthers(NotAllowed):
    text = "Only staff may enrol somebody else or remove them from a course."


class OnlyStaffCertifies(NotAllowed):
    text = "Only staff may certify Student-Teachers."


class OnlyStaffWrites(NotAllowed):
    text = "Only staff may change a course."


class AccountIsClosed(Conflict):
    text = "{name} has no open account, so there is nobody to certify."


class BrokenFolder(Invalid):
    text = "{path}: {reason}"
