"""Who may summon, who may answer, who may look."""

from django.contrib.auth.models import AnonymousUser

from courses.models import Course
from courses.permissions import is_certified, is_enrolled
from peerloop.core.accounts.models import User
from peerloop.core.errors import SignInNeeded
from peerloop.core.flags.permissions import can_access

from .errors import EnrolFirst, NotYourCourse, OwnSummons, SummonOff
from .models import HelpSummons


def check_can_summon(user: User | AnonymousUser, course: Course) -> None:
    """Raises SignInNeeded, SummonOff or EnrolFirst: why `user` may not call."""
    if not user.is_authenticated:
        raise SignInNeeded
    if not can_access(user, "summon_help"):
        raise SummonOff
    if not is_enrolled(user, course):
        raise EnrolFirst


def check_can_accept(by: User, summons: HelpSummons) -> None:
    """Raises SummonOff, OwnSummons or NotYourCourse: why `by` may not answer."""
    if not can_access(by, "summon_help"):
        raise SummonOff
    if by.pk == summons.student_id:
        raise OwnSummons
    if not is_certified(by, summons.course):
        raise NotYourCourse


def can_cancel(by: User, summons: HelpSummons) -> bool:
    """Its student, and the system when the student is gone."""
    return by.is_system or by.pk == summons.student_id


def is_party(user: User, summons: HelpSummons) -> bool:
    """Whether `user` may hear the summons: its student and, once there is one, its helper."""
    return user.is_active and user.pk in summons.parties()
