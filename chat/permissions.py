"""Who may do what in a course's chat."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from courses.models import Course
from courses.permissions import takes_part
from peerloop.core.accounts.models import User
from peerloop.core.entities.rows import fetch, places
from peerloop.core.errors import SignInNeeded
from peerloop.core.flags.permissions import can_access

from .errors import ChatOff, NotEnrolled
from .models import ChatMessage


def can_enter(user: User | AnonymousUser, course: Course) -> bool:
    """Whether `user` may read the room: chat is on for the person, who is enrolled or certified."""
    return can_access(user, "course_chat") and takes_part(user, course)


def check_can_enter(user: User | AnonymousUser, course: Course) -> None:
    """Raises SignInNeeded, ChatOff or NotEnrolled: why `user` may not enter."""
    check_may_enter(user, takes_part=takes_part(user, course))


def check_may_enter(user: User | AnonymousUser, *, takes_part: bool) -> None:
    """The same for somebody of whom is known whether they take part in the course."""
    if not user.is_authenticated:
        raise SignInNeeded
    if not can_access(user, "course_chat"):
        raise ChatOff
    if not takes_part:
        raise NotEnrolled


PART_FIELDS = [User._meta.pk, Course._meta.pk, User._meta.get_field("muted_until"), User._meta.get_field("is_active")]


class Part(NamedTuple):
    """What somebody is in a course now, read fresh: sockets stay open while people are muted or certified."""

    teaches: bool
    muted_until: datetime | None


def participants_among(user_ids: Iterable[UUID], course_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID], Part]:
    """Which of these people take part in which of these courses, by (person, course). One query."""
    users, courses = list(set(user_ids)), list(set(course_ids))
    if not (users and courses):
        return {}
    sql = _parts(len(users), len(courses))
    found: dict[tuple[UUID, UUID], Part] = {}
    for user_id, course_id, muted_until, teaches in fetch(sql, [*users, *courses] * 2, fields=PART_FIELDS):
        already = found.get((user_id, course_id))
        found[user_id, course_id] = Part(teaches or bool(already and already.teaches), muted_until)
    return found


def _parts(users: int, courses: int) -> str:
    here = f"user_id IN ({places(users)}) AND course_id IN ({places(courses)})"
    return f"""
        SELECT users.id, part.course_id, users.muted_until, part.teaches FROM users JOIN (
            SELECT user_id, course_id, FALSE AS teaches FROM enrolments WHERE {here} UNION ALL
            SELECT user_id, course_id, TRUE FROM student_teachers WHERE {here}
        ) AS part ON part.user_id = users.id WHERE users.is_active
    """  # noqa: S608 (placeholders only)


ADMITTED = """
    SELECT given.id, bool_or(teaches) FROM given JOIN users ON users.id = given.author_id CROSS JOIN LATERAL (
        SELECT FALSE AS teaches FROM enrolments AS part
        WHERE part.user_id = given.author_id AND part.course_id = given.course_id UNION ALL
        SELECT TRUE FROM student_teachers AS part
        WHERE part.user_id = given.author_id AND part.course_id = given.course_id
    ) AS part
    WHERE users.is_active AND (muted_until IS NULL OR muted_until <= CURRENT_TIMESTAMP) GROUP BY given.id
"""
"""Of the messages `given`: those by people who take part in the course and are not muted; whether they teach there."""


def can_mark_as_question(by: User, message: ChatMessage) -> bool:
    """Authors mark their own messages that stand in the stream themselves."""
    return message.author_id == by.pk and message.reply_to_id is None and not message.is_gone


def can_claim(by: User, question: ChatMessage) -> bool:
    """Anybody but its author may say "I am answering" while a question is pending."""
    return question.is_question and not question.answered_at and not question.is_gone and question.author_id != by.pk


def can_award(by: User, answer: ChatMessage) -> bool:
    """Another participant's reply to a question can be thanked."""
    return (
        answer.reply_to_id is not None
        and answer.reply_to is not None
        and answer.reply_to.is_question
        and not answer.is_gone
        and answer.author_id != by.pk
    )
