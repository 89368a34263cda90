"""What every conversation has: an ordered, gap-free log. Apps subclass these and add only what is their own."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from peerloop.core.entities.models import Entity


class Conversation(models.Model):
    """`version` counts changes, `last_number` messages. Both rise under the row's lock: commit order is their order."""

    version = models.PositiveBigIntegerField(default=0)
    last_number = models.PositiveBigIntegerField(default=0)

    class Meta:
        abstract = True


class Participant(Entity):
    """What one person has read of one conversation, and what that person wants to be told of it."""

    class Tell(models.TextChoices):
        ALL = "all", "All messages"
        MENTIONS = "mentions", "Only when I am mentioned"
        NOTHING = "nothing", "Nothing"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_number = models.PositiveBigIntegerField(default=0)
    tell = models.CharField(max_length=10, choices=Tell, default=Tell.ALL)

    class Meta:
        abstract = True


class MessageQuerySet(models.QuerySet[Any]):
    def shown(self) -> Self:
        """Neither deleted by the author nor hidden by moderation."""
        return self.filter(deleted_at=None, hidden_at=None)

    def since(self, version: int) -> Self:
        """Everything that changed after `version`: posts, edits and tombstones, in the order of the changes."""
        return self.filter(version__gt=version).order_by("version")

    def for_drawing(self) -> Self:
        """With everything a message's fragment reads; apps add what is their own."""
        return self.select_related("author")

    def newest(self, count: int, *, before: int | None = None) -> Self:
        """The `count` messages before number `before` (the newest without it), newest first."""
        rows = self if before is None else self.filter(number__lt=before)
        return rows.order_by("-number")[:count]


class Message(Entity):
    """`number` is its place and never changes; `version` is the conversation's at its last change.

    A concrete model names its conversation in `CONVERSATION` and lists `constraints_for(...)` in its Meta.
    """

    CONVERSATION: ClassVar[str]
    # Fields that hold the message's own number unless they were given another.
    COUNTED: ClassVar[tuple[str, ...]] = ("number",)

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField()
    version = models.PositiveBigIntegerField()
    client_id = models.UUIDField()
    content = models.TextField()
    html = models.TextField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_gone(self) -> bool:
        """A tombstone: its place stays, its text is told to nobody."""
        return bool(self.deleted_at or self.hidden_at)

    def place(self, *, number: int, version: int) -> None:
        """Give a new message its place and version."""
        self.version = version
        for name in self.COUNTED:
            if getattr(self, name) is None:
                setattr(self, name, number)


def constraints_for(conversation: str, table: str) -> list[models.BaseConstraint]:
    """What the database itself refuses: two messages in one place, two changes with one version, one sending twice."""
    return [
        models.UniqueConstraint(fields=[conversation, "number"], name=f"{table}_one_place_each"),
        models.UniqueConstraint(fields=[conversation, "version"], name=f"{table}_one_change_each"),
        models.UniqueConstraint(fields=[conversation, "author", "client_id"], name=f"{table}_sent_once"),
    ]
