from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from courses.models import Course, StudentTeacher
from peerloop.core.accounts.models import User
from peerloop.core.conversations.models import Conversation, Message, MessageQuerySet, constraints_for
from peerloop.core.entities.models import Entity
from peerloop.core.uploads.models import Upload

LIVE = ("waiting", "active")


class HelpSessionQuerySet(models.QuerySet["HelpSession"]):
    def visible_to(self, user: User) -> Self:
        """The sessions `user` is in; staff see all, to look at."""
        return self if user.is_staff else self.filter(Q(student=user.pk) | Q(helper=user.pk))

    def live(self) -> Self:
        """Sessions that keep their two people busy."""
        return self.filter(status__in=LIVE)

    def with_badges(self) -> Self:
        """Adds `student_teaches` and `helper_teaches`: who of the two carries the badge in the session's course."""
        certified = StudentTeacher.objects.filter(course=OuterRef("course"))
        return self.annotate(
            student_teaches=Exists(certified.filter(user=OuterRef("student"))),
            helper_teaches=Exists(certified.filter(user=OuterRef("helper"))),
        )


class HelpSession(Entity, Conversation):
    """One talk of two people. A summons' is active at once, a paid one waits until its helper starts it.

    `duration` is in whole seconds, by the server's clock, once it has ended; one that never started has none.
    """

    class Status(models.TextChoices):
        WAITING = "waiting"
        ACTIVE = "active"
        ENDED = "ended"

    class Outcome(models.TextChoices):
        RESOLVED = "resolved", "Issue Resolved"
        UNRESOLVED = "unresolved", "Not Resolved"
        ESCALATED = "escalated", "Needs In-Person Visit"

    class Party(models.TextChoices):
        STUDENT = "student"
        HELPER = "helper"
        SYSTEM = "system"

    course = models.ForeignKey(Course, models.SET_NULL, null=True, blank=True, related_name="+")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sessions_as_student")
    helper = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sessions_as_helper")
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    # Of a paid one: where its customer joins the call, and what came of it as its helper wrote it down.
    customer_join_url = models.CharField(max_length=500, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    notes = models.TextField(max_length=settings.PEERLOOP.OUTCOME_NOTES_CHARACTERS, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=10, choices=Party, blank=True)
    duration = models.PositiveIntegerField(null=True, blank=True, help_text="Seconds")
    # The number of the last message each has read.
    student_read = models.PositiveBigIntegerField(default=0)
    helper_read = models.PositiveBigIntegerField(default=0)
    # Since when the helper has no connection; `gone` is set when that lasted beyond the grace and the student was told.
    helper_left_at = models.DateTimeField(null=True, blank=True)
    helper_gone_at = models.DateTimeField(null=True, blank=True)
    # When one of the two first opened the video call.
    video_started_at = models.DateTimeField(null=True, blank=True)

    # Set by with_badges.
    student_teaches: bool
    helper_teaches: bool

    objects = HelpSessionQuerySet.as_manager()

    class Meta:
        db_table = "help_sessions"
        constraints = [
            models.UniqueConstraint(fields=["helper"], condition=Q(status__in=LIVE), name="one_session_per_helper"),
            models.UniqueConstraint(fields=["student"], condition=Q(status__in=LIVE), name="one_session_per_student"),
            models.CheckConstraint(condition=~Q(student=F("helper")), name="nobody_helps_oneself"),
            models.CheckConstraint(
                condition=Q(status="ended", ended_at__isnull=False, started_at__isnull=False, duration__isnull=False)
                | Q(status="ended", ended_at__isnull=False, started_at=None, duration=None)
                | Q(status__in=LIVE, ended_at=None, duration=None),
                name="ended_sessions_have_a_duration",
            ),
            models.CheckConstraint(
                condition=~Q(status="waiting") | Q(started_at=None), name="waiting_sessions_have_not_started"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", notes="") | Q(status="ended", started_at__isnull=False),
                name="outcomes_are_of_sessions_that_were_held",
            ),
        ]
        # Cooldown: the last ended sessions of a pair.
        indexes = [models.Index(fields=["student", "helper", "ended_at"], name="sessions_of_pair")]

    def __str__(self) -> str:
        return f"{self.student_id} with {self.helper_id}"

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE

    @property
    def is_over(self) -> bool:
        return self.status == self.Status.ENDED

    @property
    def seconds(self) -> int:
        """How long it lasted, or has lasted until now."""
        if self.duration is not None or self.started_at is None:
            return self.duration or 0
        return int((timezone.now() - self.started_at).total_seconds())

    @property
    def minutes(self) -> int:
        """Whole minutes, rounded down."""
        return self.seconds // 60

    def party(self, user: User) -> str:
        """Which of the two `user` is; empty for anybody else."""
        return {self.student_id: "student", self.helper_id: "helper"}.get(user.pk, "")

    def other_id(self, user: User) -> UUID:
        return self.helper_id if user.pk == self.student_id else self.student_id


class HelperRecord(models.Model):
    """How many sessions somebody has helped through to their end."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="helper_record"
    )
    completed_sessions = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "helper_records"

    def __str__(self) -> str:
        return f"{self.user_id}: {self.completed_sessions}"


class SessionMessageQuerySet(MessageQuerySet):
    def visible_to(self, user: User) -> Self:
        """Messages of the sessions `user` is in; staff see all."""
        return self if user.is_staff else self.filter(Q(session__student=user.pk) | Q(session__helper=user.pk))

    def for_drawing(self) -> Self:
        """With everything a message shows, in one query: `teaches` says whether its author has the badge."""
        certified = StudentTeacher.objects.filter(course=OuterRef("session__course"), user=OuterRef("author"))
        return self.select_related("author").annotate(teaches=Exists(certified))


class SessionMessage(Message):
    CONVERSATION = "session"

    session = models.ForeignKey(HelpSession, models.CASCADE, related_name="messages")
    # Read with the message instead of joined: what is drawn under it. The truth is the attachments.
    picture_sizes = models.JSONField(default=list)

    # Set by for_drawing, or by who made the message.
    teaches: bool

    objects = SessionMessageQuerySet.as_manager()

    class Meta:
        db_table = "session_messages"
        constraints = constraints_for("session", "session_messages")

    def __str__(self) -> str:
        return f"{self.author_id} in {self.session_id}, number {self.number}"

    @property
    def pictures(self) -> list[Upload]:
        """What is drawn of its pictures: addresses and sizes, without asking the database."""
        return [Upload(id=UUID(key), width=width, height=height) for key, width, height in self.picture_sizes]


class SessionAttachment(Entity):
    """A picture that belongs to a message."""

    message = models.ForeignKey(SessionMessage, models.CASCADE, related_name="attachments")
    upload = models.OneToOneField(Upload, models.PROTECT, related_name="+")

    class Meta:
        db_table = "session_attachments"
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.upload_id} in {self.message_id}"
