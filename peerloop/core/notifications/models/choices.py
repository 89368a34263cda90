"""What people chose to be told, on which channel, and by which mail they chose to hear less."""

from django.conf import settings
from django.db import models

from peerloop.core.entities.models import Entity


class Preference(Entity):
    """A person's own choice about one kind on one channel. Without a row the kind's default holds."""

    class Channel(models.TextChoices):
        SITE = "site", "On the site"
        EMAIL = "email", "By email"
        DAILY = "daily", "By email, but once a day"
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


class OptOut(Entity):
    """The link at the foot of one mail was used: it ended the mails of `kind`, or the daily mail. Once a mail."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="opt_outs")
    mail = models.UUIDField(unique=True, help_text="The notification or the digest that was mailed")
    kind = models.CharField(max_length=40, blank=True, help_text="Empty: the daily mail")

    class Meta:
        db_table = "notification_opt_outs"

    def __str__(self) -> str:
        return f"{self.kind or 'daily mail'} off"
