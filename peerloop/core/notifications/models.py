from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.entities.models import Entity

from .kinds import kind_of

NAMELESS = "Somebody"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> "NotificationQuerySet":
        """A person's own, without those they only wanted by mail."""
        return self.filter(recipient=user, on_site=True)

    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at=None)

    def due_by_mail(self) -> "NotificationQuerySet":
        return self.filter(mail_due_at__lte=timezone.now())

    def due_by_push(self) -> "NotificationQuerySet":
        return self.filter(push_due_at__lte=timezone.now())


class Notification(Entity):
    """Something that awaits one person. `key` names what it is about, once per person; empty: always a new one."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    description = models.CharField(max_length=300, blank=True)
    target = models.CharField(max_length=500)
    data = models.JSONField(default=dict, blank=True)
    request_id = models.UUIDField(null=True, blank=True)
    category = models.CharField(max_length=40, blank=True)
    amount = models.PositiveIntegerField(null=True, blank=True, help_text="US cents")
    key = models.CharField(max_length=120, blank=True)

    on_site = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True, blank=True)
    # Set while a mail is owed: the deadline that the sweep looks at, empty again once the mail has left.
    mail_due_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    # So are these; `pushed_at` is when it went to the person's devices.
    push_due_at = models.DateTimeField(null=True, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        db_table = "notifications"
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key"], condition=~Q(key=""), name="one_notice_per_key"),
        ]
        indexes = [
            models.Index(fields=["recipient", "id"], condition=Q(read_at=None, on_site=True), name="unread_of_person"),
            models.Index(fields=["recipient", "id"], condition=Q(on_site=True), name="notices_of_person"),
            models.Index(fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="notices_to_mail"),
            models.Index(fields=["push_due_at"], condition=Q(push_due_at__isnull=False), name="notices_to_push"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Written anew at each sight, so that a renamed or deleted person's old name stays nowhere."""
        return self._told(kind_of(self.kind).title)

    @property
    def icon(self) -> str:
        return self._told(kind_of(self.kind).icon)

    @property
    def tone(self) -> str:
        return kind_of(self.kind).tone

    @property
    def tag(self) -> str:
        """What devices know it by: of two with the same tag, only the later one is shown."""
        return self.key or str(self.pk)

    @property
    def is_read(self) -> bool:
        return self.read_at is not None

    @property
    def dollars(self) -> str:
        return "" if self.amount is None else f"${self.amount / 100:,.2f}"

    @property
    def day(self) -> date:
        return timezone.localdate(self.created_at)

    def _told(self, words: "str | Callable[[Notification], str]") -> str:
        if callable(words):
            return words(self)
        places: dict[str, Any] = {"by": self.by.display_name if self.by else NAMELESS, **self.data}
        return words.format(**places)


class Preference(Entity):
    """A person's own choice about one kind on one channel. Without a row the kind's default holds."""

    class Channel(models.TextChoices):
        SITE = "site", "On the site"
        EMAIL = "email", "By email"
        PUSH = "push", "On my devices"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=Channel)
    on = models.BooleanField()

    class Meta:
        db_table = "notification_preferences"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="one_choice_per_kind_and_channel")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}: {'on' if self.on else 'off'}"
