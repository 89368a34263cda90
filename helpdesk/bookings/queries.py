"""Reads of hours and bookings: who can be booked when, and what is ahead."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from courses.models import Course
from peerloop.core.accounts.models import User

from .models import QUARTER, BookedQuarter, Booking, WeeklyHours
from .times import length, moments, zone_of

Taken = dict[UUID, set[datetime]]


@dataclass(frozen=True)
class FreeTime:
    """A moment at which a student can have a session with a helper."""

    helper: User
    starts_at: datetime


def window() -> tuple[datetime, datetime]:
    """From when until when sessions can be booked now."""
    now = timezone.now()
    product = settings.PEERLOOP
    return now + timedelta(minutes=product.BOOKING_NOTICE_MINUTES), now + timedelta(days=product.BOOKING_DAYS)


def bookable_helpers(course: Course, student: User) -> list[User]:
    """Who can be booked in the course by `student`: certified, with hours, by name. Three queries."""
    hours = WeeklyHours.objects.filter(helper=OuterRef("pk"))
    people = User.objects.people().filter(Exists(hours), certifications__course=course.pk).exclude(pk=student.pk)
    return list(people.prefetch_related("weekly_hours", "days_off").order_by("name", "pk"))


def free_times(helpers: list[User], student: User) -> list[FreeTime]:
    """When these helpers (read by `bookable_helpers`) and the student are all free, by time. One query."""
    since, until = window()
    taken = _taken([student, *helpers], since, until)
    return sorted(
        (
            FreeTime(helper, moment)
            for helper in helpers
            for moment in moments(
                helper.weekly_hours.all(),
                off={each.day for each in helper.days_off.all()},
                zone=zone_of(helper),
                since=since,
                until=until,
            )
            if not _quarters(moment) & (taken[helper.pk] | taken[student.pk])
        ),
        key=lambda free: (free.starts_at, free.helper.display_name),
    )


def ahead_of(user: User) -> QuerySet[Booking]:
    """What `user` has ahead, in either part, the next one first."""
    return Booking.objects.of(user).ahead().with_all().order_by("starts_at", "pk")


def behind(user: User) -> QuerySet[Booking]:
    """What is over, of `user` in either part, in whatever way."""
    return Booking.objects.of(user).behind().with_all()


def _taken(people: list[User], since: datetime, until: datetime) -> Taken:
    taken: Taken = defaultdict(set)
    rows = BookedQuarter.objects.filter(
        person__in=people, starts_at__gte=since - length(), starts_at__lt=until + length()
    )
    for person_id, starts_at in rows.values_list("person_id", "starts_at"):
        taken[person_id].add(starts_at)
    return taken


def _quarters(moment: datetime) -> set[datetime]:
    return {moment + QUARTER * number for number in range(length() // QUARTER)}
