"""Reads of summons: who could help, what waits for whom."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from courses.models import Course, StudentTeacher
from peerloop.core.accounts.models import User
from peerloop.core.presence.leases import EVERYWHERE, online

from ..sessions.queries import busy, rests_from, rests_with
from .models import HelpSummons


def available_ids(course_id: UUID) -> set[UUID]:
    """Who could be summoned in the course by anybody: certified, switched on, here now and not busy. One query."""
    return set(_willing(course_id).values_list("pk", flat=True)) & online(EVERYWHERE)


def available_helpers(course: Course, student: User) -> list[User]:
    """Who `student` can summon now, by name: the same without the student and those under cooldown. One query."""
    here = online(EVERYWHERE)
    willing = _willing(course.pk).exclude(pk=student.pk).exclude(rests_from(student)).order_by("name", "pk")
    return [helper for helper in willing if helper.pk in here]


def current_summons(student: User) -> HelpSummons | None:
    """The summons of `student` that waits or is connected. One query."""
    return HelpSummons.objects.open().with_all().filter(student=student).first()


def incoming(helper: User) -> list[HelpSummons]:
    """The summons that `helper` may accept now, the one that has waited longest first. One query."""
    mine = StudentTeacher.objects.filter(course=OuterRef("course"), user=helper)
    waiting = HelpSummons.objects.pending().filter(Exists(mine)).exclude(student=helper)
    return list(waiting.exclude(rests_with(helper, student="student")).with_all().order_by("created_at"))


def waiting_in(course_id: UUID) -> list[HelpSummons]:
    """The summons of a course that wait, with their students. One query."""
    return list(HelpSummons.objects.pending().filter(course=course_id).select_related("student", "course"))


def courses_that_wait() -> list[UUID]:
    """The courses in which somebody waits for a helper. One query."""
    return list(HelpSummons.objects.pending().order_by().values_list("course_id", flat=True).distinct())


def _willing(course_id: UUID) -> QuerySet[User]:
    people = User.objects.people().filter(certifications__course=course_id, availability__is_available=True)
    return people.exclude(busy())
