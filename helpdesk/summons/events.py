"""What a summons tells the student who waits and the helpers who could come. REC-32 and REC-37 settle the fields."""

from typing import Any, ClassVar
from uuid import UUID

from peerloop.core.conversations.payloads import Payload, Person, person
from peerloop.core.realtime.event import Event

from .models import HelpSummons


def course(course_id: UUID) -> str:
    """The group of the open modals of a course."""
    return f"summons.course.{course_id}"


class Titled(Payload):
    id: UUID
    title: str


class Summoned(Event):
    """`summon`: a student of a course one helps in needs help now."""

    name: ClassVar[str] = "summon"
    heard_by: ClassVar[str] = "each available Student-Teacher of the course, on any page"
    request_id: UUID
    course: Titled
    module: Titled | None
    student: Person
    message: str


class SummonClosed(Event):
    """`summon_closed`: the summons was accepted, cancelled, its time is over, or this helper has dismissed it."""

    name: ClassVar[str] = "summon_closed"
    heard_by: ClassVar[str] = "the Student-Teachers of the course, on any page; whoever dismissed it, alone"
    request_id: UUID


class Matched(Event):
    """`matched`: a helper accepted."""

    name: ClassVar[str] = "matched"
    heard_by: ClassVar[str] = "the student of a summons"
    helper: Person


class TimedOut(Event):
    """`timeout`: nobody accepted in time."""

    name: ClassVar[str] = "timeout"
    heard_by: ClassVar[str] = "the student of a summons"


class SummonsCancelled(Event):
    """`cancelled`: the student does not wait any more; told to the student's other pages."""

    name: ClassVar[str] = "cancelled"
    heard_by: ClassVar[str] = "the student of a summons"


class WaitingCount(Event):
    """`helpers_available`: how many helpers could accept now."""

    name: ClassVar[str] = "helpers_available"
    heard_by: ClassVar[str] = "the student of a summons, while it waits"
    count: int


class CourseCount(Event):
    """`helpers_available`: how many Student-Teachers of the course could be summoned now."""

    name: ClassVar[str] = "helpers_available"
    heard_by: ClassVar[str] = "open Summon Help modals of the course"
    course_id: UUID
    count: int


def summoned(summons: HelpSummons, *, student_teaches: bool) -> Summoned:
    return Summoned(
        request_id=summons.pk,
        course=titled(summons.course),
        module=titled(summons.module) if summons.module else None,
        student=person(summons.student, is_student_teacher=student_teaches),
        message=summons.message,
    )


def matched(summons: HelpSummons) -> Matched:
    """Of an accepted summons, read `with_all`."""
    return Matched(helper=person(summons.responder, is_student_teacher=True))


def titled(thing: Any) -> Titled:
    return Titled(id=thing.pk, title=thing.title)
