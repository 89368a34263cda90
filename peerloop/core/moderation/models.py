from typing import Any, ClassVar, NoReturn, Self
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse

from peerloop.core.entities.models import Entity

from .kinds import kinds

WORDS = 500


class FlaggedItemQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        """Cases that wait for a decision."""
        return self.filter(state=FlaggedItem.State.OPEN)

    def about(self, kind: str, item_id: UUID) -> Self:
        """The cases of one thing, the current one first."""
        return self.filter(kind=kind, item_id=item_id).order_by("-pk")

    def with_reports(self) -> Self:
        """Each with `reports`, how many members flagged it."""
        return self.annotate(reports=Count("flags"))


class FlaggedItem(Entity):
    """One case: a thing that was flagged, as it was then. What was changed and flagged again is another case."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        UPHELD = "upheld", "Hidden"
        DISMISSED = "dismissed", "Dismissed"

    kind = models.CharField(max_length=40)
    item_id = models.UUIDField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    # Lines as they stood at the first report: neighbours may be edited or deleted before somebody looks.
    context = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    address = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decisions = models.PositiveIntegerField(default=0)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = FlaggedItemQuerySet.as_manager()

    class Meta:
        db_table = "moderation_items"
        verbose_name, verbose_name_plural = "report", "reported things"
        ordering: ClassVar = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "item_id"], condition=Q(state="open"), name="one_open_case_each"),
        ]
        indexes = [
            models.Index(fields=["kind", "item_id", "id"], name="cases_of_a_thing"),
            models.Index(fields=["state", "created_at"], name="moderation_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.kind_label} of {self.author}"

    @property
    def kind_label(self) -> str:
        return kinds[self.kind].label if self.kind in kinds else self.kind

    @property
    def seen(self) -> str:
        """What a moderator has before their eyes; it changes with every decision and every new case."""
        return f"{self.pk}:{self.decisions}"

    def get_absolute_url(self) -> str:
        return reverse("admin:moderation_flaggeditem_change", args=[self.pk])


class Flag(Entity):
    """One member's report in a case."""

    class Reason(models.TextChoices):
        SPAM = "spam", "Spam or advertising"
        ABUSE = "abuse", "Unkind or abusive"
        OFF_TOPIC = "off_topic", "Off topic"
        OTHER = "other", "Something else"

    item = models.ForeignKey(FlaggedItem, models.PROTECT, related_name="flags")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="flags_raised")
    reason = models.CharField(max_length=10, choices=Reason)
    note = models.CharField(max_length=WORDS, blank=True)

    class Meta:
        db_table = "moderation_flags"
        constraints = [models.UniqueConstraint(fields=["item", "reporter"], name="one_flag_per_person_and_case")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}, by {self.reporter}"


def _refuse_change() -> NoReturn:
    raise TypeError("The audit log is only ever added to.")


class ActQuerySet(models.QuerySet[Any]):
    def with_people(self) -> Self:
        """With everything a line of the log names."""
        return self.select_related("by", "person", "item", "reverses")

    def decisions(self) -> Self:
        """Acts that settle a case."""
        return self.filter(verb__in=Act.DECISIONS)

    def update(self, **values: Any) -> NoReturn:
        _refuse_change()

    def delete(self) -> NoReturn:
        _refuse_change()


class Act(Entity):
    """One line of the audit log: who did what about whom or what, why, and what it changed."""

    class Verb(models.TextChoices):
        HIDE = "hide", "Hid"
        RESTORE = "restore", "Restored"
        DISMISS = "dismiss", "Dismissed"
        WARN = "warn", "Warned"
        MUTE = "mute", "Muted"
        UNMUTE = "unmute", "Unmuted"
        BAN = "ban", "Banned"
        UNBAN = "unban", "Unbanned"

    DECISIONS = (Verb.HIDE, Verb.RESTORE, Verb.DISMISS)

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="moderator", related_name="acts")
    verb = models.CharField(max_length=10, choices=Verb)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="acts_upon")
    item = models.ForeignKey(FlaggedItem, models.PROTECT, null=True, blank=True, related_name="acts")
    reason = models.CharField(max_length=WORDS)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")

    objects = ActQuerySet.as_manager()

    class Meta:
        db_table = "moderation_acts"
        verbose_name, verbose_name_plural = "act", "logged acts"
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["created_at"], name="moderation_log")]

    def __str__(self) -> str:
        return f"{self.by} {self.get_verb_display().lower()} {self.item or self.person}"

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            _refuse_change()
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        _refuse_change()
