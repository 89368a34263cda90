"""Reads of sessions and of what is said in them."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from peerloop.core.accounts.models import User

from .models import HelperRecord, HelpSession, SessionMessage


class Zoned(Protocol):
    """A person, or what is needed of one."""

    @property
    def pk(self) -> UUID: ...

    @property
    def time_zone(self) -> str: ...


def active_session(user: User) -> HelpSession | None:
    """The session `user` is in now, as student or as helper. One query."""
    mine = HelpSession.objects.live().filter(Q(student=user) | Q(helper=user))
    return mine.select_related("student", "helper", "course").first()


def completed_by(helper: User) -> int:
    """How many sessions `helper` has completed. One query."""
    rows = HelperRecord.objects.filter(user=helper).values_list("completed_sessions", flat=True)
    return rows.first() or 0


def messages_of(session_id: UUID, *, since: int = 0) -> list[SessionMessage]:
    """What was said, oldest first; with `since`, only what changed after that version. One query."""
    rows = SessionMessage.objects.filter(session=session_id, version__gt=since)
    return list(rows.for_drawing().order_by("number"))


def busy() -> Exists:
    """Of a person in the outer query: whether they help in a session now."""
    return Exists(HelpSession.objects.live().filter(helper=OuterRef("pk")))


def helped_today(helpers: Iterable[Zoned]) -> Counter[UUID]:
    """How many sessions of each of `helpers` began today, by the calendar of their own time zones. One query."""
    now, zones = timezone.now(), {each.pk: ZoneInfo(each.time_zone) for each in helpers}
    # The longest day there is has 25 hours.
    rows = HelpSession.objects.filter(helper__in=zones, started_at__gt=now - timedelta(hours=25))
    begun = rows.values_list("helper_id", "started_at")
    return Counter(pk for pk, at in begun if at and at.astimezone(zones[pk]).date() == now.astimezone(zones[pk]).date())


def cooldown_start() -> datetime:
    """Two whose session ended after this are not matched again yet."""
    return timezone.now() - timedelta(minutes=settings.PEERLOOP.COOLDOWN_MINUTES)


def recently_ended(since: datetime | None = None) -> Q:
    """The condition on sessions that they ended too short a time ago for the same two to be matched again.

    One that never started kept the two from nothing.
    """
    return Q(ended_at__gt=since or cooldown_start(), started_at__isnull=False)


def rests_from(student: User | UUID, *, since: datetime | None = None) -> Exists:
    """Of a helper in the outer query: whether the cooldown with `student` runs."""
    return Exists(HelpSession.objects.filter(recently_ended(since), student=student, helper=OuterRef("pk")))


def rests_with(helper: User | UUID, *, student: str, since: datetime | None = None) -> Exists:
    """Of a row whose column `student` names a student: whether the cooldown of that student with `helper` runs."""
    return Exists(HelpSession.objects.filter(recently_ended(since), student=OuterRef(student), helper=helper))
