"""Reads that put a room together. Each has a fixed number of queries, whatever the room holds."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from courses.models import Enrolment, StudentTeacher
from peerloop.core.accounts.models import User
from peerloop.core.entities.prepared import padded, prepared
from peerloop.core.presence.leases import online
from peerloop.core.presence.models import Availability

from .events import room as room_group
from .models import ChatMessage, Room, RoomParticipant

SUGGESTIONS = 3
SEARCHED_QUESTIONS = 500
FOUND_MESSAGES = 50
CHANGES_AT_ONCE = 200


@dataclass(frozen=True)
class Entry:
    """One message of the stream and the answers grouped under it, oldest first."""

    message: ChatMessage
    answers: list[ChatMessage]


@dataclass(frozen=True)
class Stream:
    """A page of the stream, oldest entry first. `older` and `newer` are the numbers from which the next pages go."""

    entries: list[Entry]
    older: int | None = None
    newer: int | None = None

    @property
    def messages(self) -> list[ChatMessage]:
        return [each for entry in self.entries for each in (entry.message, *entry.answers)]


@dataclass(frozen=True)
class OnlineHelper:
    user: User
    is_available: bool


@dataclass(frozen=True)
class Thanks:
    """Points that somebody gave for an answer."""

    giver: User
    points: int


def visit(course_id: UUID, user: User) -> Room | None:
    """The room as `user` enters it, with `enrolled`, `teaches` and `read_number` (None on the first visit).

    None if nobody has opened the room yet. One query.
    """
    mine = {"course": OuterRef("pk"), "user": user.pk}
    seen = RoomParticipant.objects.filter(room=OuterRef("pk"), user=user.pk).values("read_number")
    rooms = Room.objects.select_related("course").annotate(  # type: ignore[no-redef]
        enrolled=Exists(Enrolment.objects.filter(**mine)),
        teaches=Exists(StudentTeacher.objects.filter(**mine)),
        read_number=Subquery(seen),
    )
    return rooms.filter(pk=course_id).first()


def stream_before(room: Room, number: int | None = None) -> Stream:
    """The latest entries of the room, or those before an entry's number, with their answers. One query."""
    rows = ChatMessage.objects.filter(room=room).for_drawing().order_by("-root_number", "number")
    found, more = _whole_entries(rows if number is None else rows.filter(root_number__lt=number))
    entries = sorted(found, key=lambda entry: entry.message.number)
    return Stream(entries, older=entries[0].message.number if more else None)


def stream_after(room: Room, number: int) -> Stream:
    """The entries after an entry's number, with their answers. One query."""
    rows = ChatMessage.objects.filter(room=room, root_number__gt=number).for_drawing()
    entries, more = _whole_entries(rows.order_by("root_number", "number"))
    return Stream(entries, newer=entries[-1].message.number if more else None)


def stream_around(room: Room, number: int) -> Stream:
    """The page that ends with an entry, and the page that follows: where a permalink leads. Two queries."""
    before, after = stream_before(room, number + 1), stream_after(room, number)
    return Stream(before.entries + after.entries, older=before.older, newer=after.newer)


def _whole_entries(rows: QuerySet[ChatMessage]) -> tuple[list[Entry], bool]:
    """The first entries of `rows` that fit a page, each with all its answers, and whether there are more."""
    size = settings.PEERLOOP.STREAM_PAGE
    found = list(rows[: size + 1])
    groups = [list(group) for _, group in groupby(found, key=attrgetter("root_number"))]
    more = len(found) > size
    if more and len(groups) > 1:
        groups.pop()  # perhaps cut in the middle
    elif more:
        groups = [list(rows.filter(root_number=found[0].root_number))]  # one thread larger than a page
    return [Entry(group[0], group[1:]) for group in groups], more


def is_quiet(shown: Stream) -> bool:
    """Whether nothing was written in the last PEERLOOP.RECENT_HOURS."""
    since = timezone.now() - timedelta(hours=settings.PEERLOOP.RECENT_HOURS)
    return not any(each.created_at >= since for each in shown.messages)


def answering_helper(shown: Stream) -> User | None:
    """The Student-Teacher who answered a question most recently, if within PEERLOOP.ANSWERING_MINUTES."""
    since = timezone.now() - timedelta(minutes=settings.PEERLOOP.ANSWERING_MINUTES)
    answers = (each for entry in shown.entries if entry.message.is_question for each in entry.answers)
    fresh = [each for each in answers if each.teaches and not each.is_gone and each.created_at >= since]
    return max(fresh, key=attrgetter("number")).author if fresh else None


def people_of(course_id: UUID, ids: set[UUID]) -> dict[UUID, Any]:
    """These people, each with `teaches` (in this course) and `is_available`. One query."""
    return {each.pk: each for each in _people(course_id, *padded(ids))} if ids else {}


@prepared
def _people(course_id: UUID, *ids: UUID) -> QuerySet[User]:
    teaches = StudentTeacher.objects.filter(course=course_id, user=OuterRef("pk"))
    available = Availability.objects.filter(user=OuterRef("pk"), is_available=True)
    return User.objects.annotate(teaches=Exists(teaches), is_available=Exists(available)).filter(pk__in=ids)


def givers_of(messages: Iterable[ChatMessage]) -> set[UUID]:
    return {UUID(each["from"]) for message in messages for each in message.thanks}


def add_givers(messages: Iterable[ChatMessage], people: Mapping[UUID, User] | None = None) -> None:
    """Set `thanked` on each message: who gave how many points. One query unless the `people` are given."""
    messages = list(messages)
    if people is None:
        ids = givers_of(messages)
        people = User.objects.in_bulk(ids) if ids else {}
    for message in messages:
        message.thanked = [Thanks(people[UUID(each["from"])], each["points"]) for each in message.thanks]


def latest_messages(room: Room, *, before: int | None = None) -> list[ChatMessage]:
    """The latest messages before a number, oldest first: what programs get as history."""
    rows = ChatMessage.objects.filter(room=room).for_drawing()
    return list(reversed(rows.newest(settings.PEERLOOP.HISTORY_PAGE, before=before)))


@prepared
def rooms_of(course_id: UUID) -> QuerySet[Room]:
    """The room of a course, if somebody has opened it."""
    return Room.objects.filter(pk=course_id)


@dataclass(frozen=True)
class Changes:
    """What changed since a version, in order. `reload`: too much or an unknown version, start from the page anew."""

    messages: list[ChatMessage]
    version: int
    reload: bool = False


def changes_since(room: Room, version: int) -> Changes:
    """Every post, edit and tombstone after `version`, one indexed query and the thanks."""
    if version > room.version:
        return Changes([], room.version, reload=True)
    found = list(ChatMessage.objects.filter(room=room).since(version).for_drawing()[: CHANGES_AT_ONCE + 1])
    if len(found) > CHANGES_AT_ONCE:
        return Changes([], room.version, reload=True)
    add_givers(found)
    return Changes(found, room.version)


def pending_questions(course_id: UUID) -> list[ChatMessage]:
    """The questions that wait, oldest first. One query."""
    return list(ChatMessage.objects.filter(room=course_id).pending().for_drawing())


def online_helpers(course_id: UUID) -> list[OnlineHelper]:
    """The Student-Teachers of the course who have its chat open now, available ones first. One query."""
    return helpers_among(people_of(course_id, online(room_group(course_id))).values())


def helpers_among(people: Iterable[Any]) -> list[OnlineHelper]:
    """The Student-Teachers among people read by `people_of`, available ones first."""
    helpers = [OnlineHelper(each, each.is_available) for each in people if each.teaches and each.is_active]
    return sorted(helpers, key=lambda each: (not each.is_available, each.user.name))


def search(room: Room, text: str) -> list[ChatMessage]:
    """The newest messages of the room that hold every word of `text`; nothing for no words."""
    words = text.replace("\x00", " ").split()[:8]
    if not words:
        return []
    holds_all = Q()
    for word in words:
        holds_all &= Q(content__icontains=word)
    found = ChatMessage.objects.filter(room=room).shown().filter(holds_all).for_drawing()
    return list(found.order_by("-number")[:FOUND_MESSAGES])


def suggestions(room: Room, text: str) -> list[ChatMessage]:
    """Answered questions of the room most like `text`, for somebody who is about to ask it again."""
    wanted = stems(text)
    if not wanted:
        return []
    answered = ChatMessage.objects.filter(room=room, is_question=True).shown().exclude(answered_at=None)
    rows = answered.order_by("-number").values_list("pk", "content")[:SEARCHED_QUESTIONS]
    likeness = {pk: len(wanted & stems(content)) / len(wanted) for pk, content in rows}
    best = sorted((pk for pk in likeness if likeness[pk] >= 0.5), key=lambda pk: -likeness[pk])[:SUGGESTIONS]
    found = ChatMessage.objects.in_bulk(best)
    return [found[pk] for pk in best]


def stems(text: str) -> set[str]:
    """The words that carry meaning, without their endings."""
    return {word[:5] for word in re.findall(r"\w{4,}", text.lower())} - COMMON


COMMON = {
    word[:5]
    for word in [
        "what",
        "when",
        "where",
        "which",
        "does",
        "have",
        "with",
        "this",
        "that",
        "from",
        "your",
        "should",
        "would",
        "could",
        "there",
    ]
}


def unread_counts(user: User) -> dict[UUID, int]:
    """For each course whose room `user` has opened: messages of others after the last one read. One query."""
    unread = (
        ChatMessage.objects.shown()
        .filter(room=OuterRef("room"), number__gt=OuterRef("read_number"))
        .exclude(author=user)
        .order_by()
        .values("room")
        .annotate(count=Count("pk"))
        .values("count")
    )
    rows = RoomParticipant.objects.filter(user=user, room__last_number__gt=F("read_number"))
    counted = rows.annotate(unread=Subquery(unread)).values_list("room_id", "unread")
    return {course_id: count for course_id, count in counted if count}
