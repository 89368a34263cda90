from datetime import datetime, time
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

from ..sessions.models import HelpSession

MESSAGE_CHARACTERS = settings.PEERLOOP.SUMMON_MESSAGE_CHARACTERS
OPEN, CONNECTED = ("pending", "accepted"), ("accepted", "completed")


class HelpSummonsQuerySet(models.QuerySet["HelpSummons"]):
    def visible_to(self, user: User) -> Self:
        """The summons that `user` made or answered; staff see all, to look at."""
        return self if user.is_staff else self.of(user)

    def of(self, user: User) -> Self:
        """The summons that `user` made or answered."""
        return self.filter(Q(student=user.pk) | Q(responder=user.pk))

    def open(self) -> Self:
        """Waiting or connected: a student has one at most."""
        return self.filter(status__in=OPEN)

    def pending(self) -> Self:
        """Those that can still be accepted."""
        return self.filter(status="pending", expires_at__gt=timezone.now())

    def overdue(self) -> Self:
        """Those whose time is over and which nobody has closed yet."""
        return self.filter(status="pending", expires_at__lte=timezone.now())

    def due_for_a_wave(self) -> Self:
        """Those that wait, and of which more helpers should hear by now."""
        return self.pending().filter(next_wave_at__lte=timezone.now())

    def to_ring(self) -> Self:
        """Those that wait, with waves of which nobody's bell has rung yet."""
        return self.pending().filter(rung__lt=F("waves"))

    def to_silence(self) -> Self:
        """Those that are over and still in bells."""
        return self.filter(rung__gt=0).exclude(status="pending")

    def waited_for(self) -> Self:
        """Those that somebody waited for to be answered, and that are settled; not what was booked beforehand."""
        return self.exclude(status="pending").filter(expires_at__gt=F("created_at"))

    def with_all(self) -> Self:
        """With everything that a page or a reply says of them, in one query."""
        return self.select_related("student", "course", "module", "responder", "session")


class HelpSummons(Entity):
    """A student's call for help in a course. Its session, made on acceptance, has its id."""

    class Status(models.TextChoices):
        PENDING = "pending"
        ACCEPTED = "accepted"
        COMPLETED = "completed"
        CANCELLED = "cancelled"
        TIMED_OUT = "timed_out"

    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="summons")
    course = models.ForeignKey(Course, models.CASCADE, related_name="summons")
    module = models.ForeignKey(Module, models.SET_NULL, null=True, blank=True, related_name="+")
    message = models.CharField(max_length=MESSAGE_CHARACTERS, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    responder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="summons_answered"
    )
    session = models.OneToOneField(HelpSession, models.PROTECT, null=True, blank=True, related_name="summons")
    # How many helpers could be told when it was made.
    helpers_available = models.PositiveIntegerField(default=0)
    # What the student was told: so many seconds, in four of five cases. None when nothing was promised.
    expected_seconds = models.PositiveSmallIntegerField(null=True, blank=True)
    expires_at = models.DateTimeField()
    # How many waves of helpers have been told, and when the next one is; None when all were told at once.
    waves = models.PositiveSmallIntegerField(default=1)
    next_wave_at = models.DateTimeField(null=True, blank=True)
    # Of how many waves the bells have been rung; 0 again once they are silent.
    rung = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    # Set by queries.offered: what a helper is to it.
    teaches: bool
    rests: bool

    objects = HelpSummonsQuerySet.as_manager()

    class Meta:
        db_table = "help_summons"
        verbose_name_plural = "help summons"
        constraints = [
            models.UniqueConstraint(fields=["student"], condition=Q(status__in=OPEN), name="one_summons_per_student"),
            models.CheckConstraint(
                condition=Q(status__in=CONNECTED, responder__isnull=False, session__isnull=False)
                | (~Q(status__in=CONNECTED) & Q(responder=None, session=None)),
                name="answered_summons_have_a_session",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "expires_at"], name="summons_by_deadline"),
            models.Index(fields=["course", "-created_at"], name="summons_of_course"),
            models.Index(fields=["responder", "-accepted_at"], name="summons_of_helper"),
            models.Index(fields=["status"], condition=Q(rung__gt=0), name="summons_in_bells"),
        ]

    def __str__(self) -> str:
        return f"{self.student} in {self.course}"

    def get_absolute_url(self) -> str:
        return reverse("summon_session", args=[self.pk])

    @property
    def is_pending(self) -> bool:
        return self.status == self.Status.PENDING

    @property
    def is_overdue(self) -> bool:
        """Whether its time is over and nobody has closed it yet."""
        return self.is_pending and self.expires_at <= timezone.now()

    @property
    def is_accepted(self) -> bool:
        return self.status == self.Status.ACCEPTED

    @property
    def is_completed(self) -> bool:
        return self.status == self.Status.COMPLETED

    @property
    def is_eligible(self) -> bool:
        """Whether the helper can be thanked with points: it is over and lasted long enough."""
        return self.is_completed and self.session is not None and self.session.seconds >= minimum_seconds()

    def waited(self, until: datetime) -> int:
        """Whole seconds from the call to `until`."""
        return int((until - self.created_at).total_seconds())

    def parties(self) -> set[UUID]:
        return {self.student_id} | ({self.responder_id} if self.responder_id else set())


class SummonsOffer(Entity):
    """A helper was told of a summons, or dismissed one that stood on the dashboard; and what came of it."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted"
        DECLINED = "declined"

    summons = models.ForeignKey(HelpSummons, models.CASCADE, related_name="offers")
    helper = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="summons_offers")
    # In which wave the helper was told, from 1; 0 for whoever answered before that was noted, or without being told.
    wave = models.PositiveSmallIntegerField(default=1)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "summons_offers"
        constraints = [
            models.UniqueConstraint(fields=["summons", "helper"], name="one_offer_per_helper"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="answers_have_a_time",
            ),
        ]
        # How long somebody has not been called, and how often today.
        indexes = [models.Index(fields=["helper", "created_at"], name="offers_of_helper")]

    def __str__(self) -> str:
        return f"{self.helper_id}: {self.answer or 'not answered'}"


class HelperLimits(models.Model):
    """When a helper does not want to be called: quiet hours, and after how many sessions a day.

    The hours are on the clock of the helper's time zone and may go past midnight. What is empty does not limit.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="help_limits")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    daily_cap = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        db_table = "helper_limits"
        verbose_name_plural = "helper limits"
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | (Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until"))),
                name="quiet_hours_have_two_ends",
            ),
            models.CheckConstraint(condition=Q(daily_cap=None) | Q(daily_cap__gt=0), name="daily_cap_above_zero"),
        ]

    def __str__(self) -> str:
        return f"limits of {self.user_id}"

    def is_quiet(self, clock: time) -> bool:
        """Whether the quiet hours run while the helper's clock shows `clock`; their end is not among them."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        if self.quiet_from < self.quiet_until:
            return self.quiet_from <= clock < self.quiet_until
        return clock >= self.quiet_from or clock < self.quiet_until


def minimum_seconds() -> int:
    return settings.PEERLOOP.SESSION_MINIMUM_SECONDS
