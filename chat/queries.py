"""Reads that put a room together. Each has a fixed number of queries, whatever the room holds."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils import timezone

from courses.queries import student_teacher_ids
from goodwill.models import Transaction
from peerloop.core.accounts.models import User
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
    helpers: set[UUID]
    older: int | None
    newer: int | None


@dataclass(frozen=True)
class OnlineHelper:
    user: User
    is_available: bool


def stream(room: Room, *, before: int | None = None, around: int | None = None, after: int | None = None) -> Stream:
    """The latest entries of the room; those before or after a number; or those around one. Five queries at most."""
    size = settings.PEERLOOP.HISTORY_PAGE
    top = ChatMessage.objects.filter(room=room).top_level().for_drawing()
    older, newer = None, None
    if after is not None:
        found = list(top.filter(number__gt=after).order_by("number")[: size + 1])
        newer = found[size - 1].number if len(found) > size else None
        roots = found[:size]
    else:
        if around is not None:
            later = list(top.filter(number__gt=around).order_by("number")[: size // 2 + 1])
            newer = later[size // 2 - 1].number if len(later) > size // 2 else None
            before, size, tail = around + 1, size // 2, later[: size // 2]
        else:
            tail = []
        found = list(top.newest(size + 1, before=before))
        older = found[size - 1].number if len(found) > size else None
        roots = [*reversed(found[:size]), *tail]
    return Stream(with_answers(roots), student_teacher_ids(room.pk), older, newer)


def is_quiet(shown: Stream) -> bool:
    """Whether nothing was written in the last PEERLOOP.RECENT_HOURS."""
    since = timezone.now() - timedelta(hours=settings.PEERLOOP.RECENT_HOURS)
    written = (each.created_at for entry in shown.entries for each in (entry.message, *entry.answers))
    return not any(at >= since for at in written)


def with_answers(roots: list[ChatMessage]) -> list[Entry]:
    """The entries of these messages, with their answers and the thanks under them."""
    answers = defaultdict(list)
    for answer in ChatMessage.objects.filter(reply_to__in=roots).for_drawing().order_by("number"):
        answers[answer.reply_to_id].append(answer)
    entries = [Entry(root, answers[root.pk]) for root in roots]
    add_thanks(each for entry in entries for each in entry.answers)
    return entries


def add_thanks(messages: Iterable[ChatMessage]) -> None:
    messages = list(messages)
    thanks = thanks_for([each.pk for each in messages])
    for message in messages:
        message.thanks = thanks.get(message.pk, [])


def thanks_for(message_ids: list[UUID]) -> dict[UUID, list[Transaction]]:
    """The awards for these messages, oldest first."""
    found = defaultdict(list)
    if message_ids:
        awards = Transaction.objects.filter(reason="chat_help", reference_id__in=message_ids)
        for award in awards.select_related("from_user", "to_user").order_by("pk"):
            found[award.reference_id].append(award)
    return found


def latest_messages(room: Room, *, before: int | None = None) -> list[ChatMessage]:
    """The latest messages before a number, oldest first: what programs get as history."""
    rows = ChatMessage.objects.filter(room=room).for_drawing()
    return list(reversed(rows.newest(settings.PEERLOOP.HISTORY_PAGE, before=before)))


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
    add_thanks(found)
    return Changes(found, room.version)


def pending_questions(room: Room) -> list[ChatMessage]:
    return list(ChatMessage.objects.filter(room=room).pending().for_drawing())


def online_helpers(course_id: UUID) -> list[OnlineHelper]:
    """The Student-Teachers of the course who have its chat open now, available ones first."""
    here = online(room_group(course_id)) & student_teacher_ids(course_id)
    available = set(Availability.objects.filter(user__in=here, is_available=True).values_list("user_id", flat=True))
    people = User.objects.people().filter(pk__in=here)
    helpers = [OnlineHelper(user, user.pk in available) for user in people]
    return sorted(helpers, key=lambda each: (not each.is_available, each.user.name))


def answering_helper(room: Room) -> User | None:
    """The Student-Teacher who answered a question most recently, if within PEERLOOP.ANSWERING_MINUTES."""
    since = timezone.now() - timedelta(minutes=settings.PEERLOOP.ANSWERING_MINUTES)
    answers = ChatMessage.objects.shown().filter(room=room, reply_to__is_question=True, created_at__gte=since)
    answer = answers.filter(author__certifications__course=room.pk).select_related("author").order_by("-number").first()
    return answer.author if answer else None


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
