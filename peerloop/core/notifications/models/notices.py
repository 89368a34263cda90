from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.lookups import IsNull
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.entities.models import Entity

from ..kinds import kind_of
from .digests import Digest

NAMELESS = "Somebody"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> "NotificationQuerySet":
        """A person's own, without those they only wanted by mail."""
        return self.filter(recipient=user, on_site=True)

    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at=None)

    def waiting_for_digest(self) -> "NotificationQuerySet":
        return self.filter(waits_for_digest=True)

    def in_groups(self) -> "NotificationQuerySet":
        """The lines, each with how many people are behind it."""
        return self.lines().with_people()

    def lines(self) -> "NotificationQuerySet":
        """The newest of each group; what is in no group stands for itself."""
        return self.filter(Q(about="") | ~Exists(_group().filter(pk__gt=OuterRef("pk"))))

    def with_people(self) -> "NotificationQuerySet":
        """Each with how many people are behind its line."""
        people = _group().order_by().values("about").annotate(number=Count("by", distinct=True)).values("number")
        alone = When(about="", then=Value(0))
        return self.annotate(people_in_group=Case(alone, default=Subquery(people), output_field=IntegerField()))

    def due_by_mail(self) -> "NotificationQuerySet":
        return self.filter(mail_due_at__lte=timezone.now())

    def due_by_push(self) -> "NotificationQuerySet":
        return self.filter(push_due_at__lte=timezone.now())


def _group() -> NotificationQuerySet:
    """The group of a notification in the query around this one.

    What was read is a group apart from what is unread, so that somebody new brings the line back.
    """
    same = {name: OuterRef(name) for name in ("recipient", "kind", "about")}
    read_together = Q(read_at=OuterRef("read_at")) | Q(IsNull(OuterRef("read_at"), True), read_at=None)
    return Notification.objects.filter(read_together, ~Q(about=""), on_site=True, **same)


class Notification(Entity):
    """Something that awaits one person. `key` names what it is about, once per person; empty: always a new one.

    Those of one kind with the same `about` are one group: the bell shows the newest and counts the people behind it.
    """

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
    about = models.CharField(max_length=120, blank=True)

    on_site = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True, blank=True)
    # Set while a mail is owed: the deadline that the sweep looks at, empty again once the mail has left.
    mail_due_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    # Owed by the daily mail; afterwards `digest` is the one that has it.
    waits_for_digest = models.BooleanField(default=False)
    digest = models.ForeignKey(
        Digest, on_delete=models.SET_NULL, null=True, blank=True, related_name="notifications", editable=False
    )
    # A deadline as that of the mail; `pushed_at` is when it went to the person's devices.
    push_due_at = models.DateTimeField(null=True, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True)

    # How many people are behind this line; `in_groups` counts them.
    people_in_group = 0

    objects = NotificationQuerySet.as_manager()

    class Meta:
        db_table = "notifications"
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key"], condition=~Q(key=""), name="one_notice_per_key"),
        ]
        indexes = [
            models.Index(fields=["recipient", "id"], condition=Q(read_at=None, on_site=True), name="unread_of_person"),
            models.Index(fields=["recipient", "id"], condition=Q(on_site=True), name="notices_of_person"),
            models.Index(fields=["recipient", "kind", "about", "id"], condition=~Q(about=""), name="notices_of_group"),
            models.Index(fields=["recipient"], condition=Q(waits_for_digest=True), name="notices_for_digest"),
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
    def people(self) -> str:
        """Who did it: "Ben Okoro", or "Ben Okoro and 2 others" where that many did the same."""
        name = self.by.display_name if self.by else NAMELESS
        others = self.people_in_group - (self.by is not None)
        return f"{name} and {others} other{'s' if others > 1 else ''}" if others > 0 else name

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
        places: dict[str, Any] = {"by": self.people, **self.data}
        return words.format(**places)
