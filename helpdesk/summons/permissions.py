"""Who may summon, who may answer, who may look."""

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from courses.models import Course
from courses.permissions import is_certified, is_enrolled
from peerloop.core.accounts.models import User
from peerloop.core.errors import Refusal, SignInNeeded
from peerloop.core.flags.permissions import can_access

from .errors import AlreadyTaken, AlreadyYours, Cancelled, EnrolFirst, Expired, NotYourCourse, OwnSummons, SummonOff
from .models import HelpSummons


def check_can_summon(user: User | AnonymousUser, course: Course) -> None:
    """Raises SignInNeeded, SummonOff or EnrolFirst: why `user` may not call."""
    check_may_summon(user, enrolled=is_enrolled(user, course))


def check_may_summon(user: User | AnonymousUser, *, enrolled: bool) -> None:
    """The same for somebody of whom is known whether they are enrolled in the course."""
    if not user.is_authenticated:
        raise SignInNeeded
    if not can_access(user, "summon_help"):
        raise SummonOff
    if not (enrolled and user.is_active):
        raise EnrolFirst


def check_can_accept(by: User, summons: HelpSummons) -> None:
    """Raises SummonOff, OwnSummons or NotYourCourse: why `by` may not answer."""
    check_may_accept(by, summons, teaches=is_certified(by, summons.course))


def check_may_accept(by: User, summons: HelpSummons, *, teaches: bool) -> None:
    """The same for somebody of whom is known whether they teach the course."""
    if not can_access(by, "summon_help"):
        raise SummonOff
    if by.pk == summons.student_id:
        raise OwnSummons
    if not (teaches and by.is_active):
        raise NotYourCourse


def check_waits(by: User, summons: HelpSummons) -> None:
    """Raises AlreadyYours, AlreadyTaken, Cancelled or Expired when there is nothing left to answer."""
    if summons.is_pending and summons.expires_at > timezone.now():
        return
    raise AlreadyYours if summons.is_accepted and summons.responder_id == by.pk else why_over(summons)


def why_over(summons: HelpSummons) -> Refusal:
    """Why a summons that does not wait any more cannot be answered."""
    if summons.status in ("accepted", "completed"):
        return AlreadyTaken()
    return Cancelled() if summons.status == "cancelled" else Expired()


def can_cancel(by: User, summons: HelpSummons) -> bool:
    """Its student, and the system when the student is gone."""
    return by.is_system or by.pk == summons.student_id


def can_call_again(by: User, summons: HelpSummons) -> bool:
    """Its student, whose question it is."""
    return by.is_active and by.pk == summons.student_id


def is_party(user: User, summons: HelpSummons) -> bool:
    """Whether `user` may hear the summons: its student and, once there is one, its helper."""
    return user.is_active and user.pk in summons.parties()
