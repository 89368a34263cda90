from datetime import datetime, time, timedelta
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from courses.models import Course, Module
from peerloop.core.accounts.models import User
from peerloop.core.entities.models import Entity

from ..summons.models import MESSAGE_CHARACTERS, HelpSummons

LIVE = ("requested", "accepted")
# Every zone's clock differs from UTC by whole quarters, so a session of any zone takes whole quarters.
QUARTER = timedelta(minutes=15)
MIDNIGHT = time(0)


class Weekday(models.IntegerChoices):
    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"


class WeeklyHours(Entity):
    """When a helper can be booked, each week, by the helper's own clock. `ends` at 00:00 is the end of the day."""

    helper = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="weekly_hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        db_table = "weekly_hours"
        verbose_name_plural = "weekly hours"
        ordering = ["weekday", "starts"]
        constraints = [
            models.UniqueConstraint(fields=["helper", "weekday", "starts"], name="hours_begin_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="hours_are_on_a_day_of_the_week"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")) | Q(ends=MIDNIGHT), name="hours_end_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M} to {self.ends:%H:%M}"


class DayOff(Entity):
    """A day, by the helper's own calendar, on which the weekly hours do not count."""

    helper = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="days_off")
    day = models.DateField()

    class Meta:
        db_table = "days_off"
        verbose_name_plural = "days off"
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["helper", "day"], name="off_once_a_day")]

    def __str__(self) -> str:
        return f"{self.helper} on {self.day}"


class BookingQuerySet(models.QuerySet["Booking"]):
    def visible_to(self, user: User) -> Self:
        """The bookings that `user` made or was asked for; staff see all, to look at."""
        return self if user.is_staff else self.of(user)

    def of(self, user: User) -> Self:
        """The bookings that `user` made or was asked for."""
        return self.filter(Q(student=user.pk) | Q(helper=user.pk))

    def live(self) -> Self:
        """Requested or agreed on, and not held yet."""
        return self.filter(status__in=LIVE)

    def ahead(self) -> Self:
        """What is still to come or goes on now."""
        return self.filter(status__in=(*LIVE, "held"), ends_at__gt=timezone.now())

    def behind(self) -> Self:
        """What came to nothing, and whatever's time is over."""
        return self.filter(~Q(status__in=(*LIVE, "held")) | Q(ends_at__lte=timezone.now()))

    def overdue(self) -> Self:
        """Requests that nobody answered in time, and that nobody has closed yet."""
        return self.filter(status="requested", expires_at__lte=timezone.now())

    def passed(self) -> Self:
        """Agreed on, but their time is over and nobody came."""
        return self.filter(status="accepted", ends_at__lte=timezone.now())

    def to_remind(self) -> Self:
        return self.filter(status="accepted", remind_at__lte=timezone.now())

    def with_all(self) -> Self:
        """With everything that a page says of them, in one query."""
        return self.select_related("student", "helper", "course", "module", "summons", "cancelled_by")


class Booking(Entity):
    """A session that a student asks a helper for. `sequence` counts what calendars must hear of."""

    class Status(models.TextChoices):
        REQUESTED = "requested", "Waiting for an answer"
        ACCEPTED = "accepted", "Agreed"
        DECLINED = "declined", "Declined"
        CANCELLED = "cancelled", "Cancelled"
        EXPIRED = "expired", "Not answered"
        HELD = "held", "Held"
        MISSED = "missed", "Missed"

    course = models.ForeignKey(Course, models.CASCADE, related_name="bookings")
    module = models.ForeignKey(Module, models.SET_NULL, null=True, blank=True, related_name="+")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="bookings")
    helper = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="bookings_as_helper")
    note = models.CharField(max_length=MESSAGE_CHARACTERS, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    # Until then the request can be answered.
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    # What the helper said to it, or why it was cancelled.
    reply = models.CharField(max_length=MESSAGE_CHARACTERS, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # The next reminder, None when there is none; the last one.
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    # The session, the last one should it have been started twice.
    summons = models.OneToOneField(HelpSummons, models.RESTRICT, null=True, blank=True, related_name="booking")
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = BookingQuerySet.as_manager()

    class Meta:
        db_table = "bookings"
        constraints = [
            models.CheckConstraint(condition=~Q(student=F("helper")), name="nobody_books_oneself"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="bookings_end_after_start"),
            models.CheckConstraint(
                condition=Q(status="held", summons__isnull=False) | (~Q(status="held") & Q(summons=None)),
                name="held_bookings_have_a_summons",
            ),
        ]
        indexes = [
            models.Index(fields=["student", "ends_at"], name="bookings_of_student"),
            models.Index(fields=["helper", "ends_at"], name="bookings_of_helper"),
            models.Index(fields=["expires_at"], condition=Q(status="requested"), name="bookings_to_expire"),
            models.Index(fields=["ends_at"], condition=Q(status="accepted"), name="bookings_to_miss"),
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="bookings_to_remind"),
        ]

    def __str__(self) -> str:
        return f"{self.student} with {self.helper}, {self.starts_at:%Y-%m-%d %H:%M} UTC"

    def get_absolute_url(self) -> str:
        return reverse("booking", args=[self.pk])

    @property
    def is_requested(self) -> bool:
        return self.status == self.Status.REQUESTED

    @property
    def is_accepted(self) -> bool:
        return self.status == self.Status.ACCEPTED

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def opens_at(self) -> datetime:
        """From when on the two can start their session."""
        return self.starts_at - timedelta(minutes=settings.PEERLOOP.BOOKING_OPENS_MINUTES)

    @property
    def is_open(self) -> bool:
        """Whether its session can be started now, for the first time or again."""
        return self.status in ("accepted", "held") and self.opens_at <= timezone.now() < self.ends_at

    @property
    def is_running(self) -> bool:
        """Whether its session goes on now. Read with the summons."""
        return self.summons is not None and self.summons.is_accepted

    def reminders(self) -> list[datetime]:
        """When its two people are reminded, the first time first."""
        minutes = sorted(settings.PEERLOOP.BOOKING_REMINDERS_MINUTES, reverse=True)
        return [self.starts_at - timedelta(minutes=each) for each in minutes]

    def next_reminder(self, *, after: datetime) -> datetime | None:
        return next((each for each in self.reminders() if each > after), None)

    def other(self, user: User) -> User:
        return self.student if user.pk == self.helper_id else self.helper

    def parties(self) -> set[UUID]:
        return {self.student_id, self.helper_id}

    def quarters(self) -> list[datetime]:
        count = (self.ends_at - self.starts_at) // QUARTER
        return [self.starts_at + QUARTER * number for number in range(count)]


class BookedQuarter(Entity):
    """A quarter of an hour that a booking takes from one of its two, while it is requested, agreed on or held.

    This is what makes a second booking at that time impossible: for the same person in either part, at any length.
    """

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="booked_quarters")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    starts_at = models.DateTimeField()

    class Meta:
        db_table = "booked_quarters"
        constraints = [models.UniqueConstraint(fields=["person", "starts_at"], name="one_booking_at_a_time")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.starts_at:%Y-%m-%d %H:%M}"
