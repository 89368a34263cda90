from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.entities.models import Entity

ENDPOINT, P256DH, AUTH = 1000, 100, 40


class VapidKey(models.Model):
    """The key that signs our pushes: one row, made at the first start. Browsers bind their subscription to it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    private = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "push_keys"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_push_key")]

    def __str__(self) -> str:
        return "The site's key"


class PushDeviceQuerySet(models.QuerySet["PushDevice"]):
    def visible_to(self, user: User) -> Self:
        """A person's own."""
        return self.filter(user=user)


class PushDevice(Entity):
    """A browser in which a person turned push on: the address to send to, and the two keys to encrypt for it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="push_devices")
    endpoint = models.CharField(max_length=ENDPOINT, unique=True)
    p256dh = models.CharField(max_length=P256DH)
    auth = models.CharField(max_length=AUTH)
    label = models.CharField(max_length=80)
    # Signing out there ends it.
    session_key = models.CharField(max_length=40, blank=True, db_index=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)

    objects = PushDeviceQuerySet.as_manager()

    class Meta:
        db_table = "push_devices"

    def __str__(self) -> str:
        return f"{self.label}, {self.user}"


class PushMessageQuerySet(models.QuerySet["PushMessage"]):
    def due(self) -> Self:
        return self.filter(due_at__lte=timezone.now())


class PushMessage(Entity):
    """What is owed to one device. The row goes when the message has left, or is of no use any more."""

    device = models.ForeignKey(PushDevice, models.CASCADE, related_name="messages", db_index=False)
    # A later message of the same topic takes an earlier one's place, here and at the push service.
    topic = models.CharField(max_length=32)
    content = models.JSONField()
    is_urgent = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    # Whoever sends it moves this ahead, and has it alone until then.
    due_at = models.DateTimeField(default=timezone.now, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = PushMessageQuerySet.as_manager()

    class Meta:
        db_table = "push_messages"
        indexes = [models.Index(fields=["device", "topic"], name="pushes_of_topic")]

    def __str__(self) -> str:
        return f"{self.topic} for {self.device_id}"
