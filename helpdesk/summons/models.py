from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
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
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

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
        indexes = [models.Index(fields=["status", "expires_at"], name="summons_by_deadline")]

    def __str__(self) -> str:
        return f"{self.student} in {self.course}"

    def get_absolute_url(self) -> str:
        return reverse("summon_session", args=[self.pk])

    @property
    def is_pending(self) -> bool:
        return self.status == self.Status.PENDING

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


def minimum_seconds() -> int:
    return settings.PEERLOOP.SESSION_MINIMUM_SECONDS
