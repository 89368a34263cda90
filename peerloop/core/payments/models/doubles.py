"""What the built-in test provider remembers."""

from django.db import models
from django.utils import timezone


class DoubleObject(models.Model):
    """What the built-in test provider would know at Stripe: an intent, a charge, a refund, a card, an event."""

    id = models.CharField(max_length=80, primary_key=True)
    kind = models.CharField(max_length=20)
    data = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "payments_double_objects"
        indexes = [models.Index(fields=["kind", "created_at"], name="double_objects_by_kind")]

    def __str__(self) -> str:
        return self.id


class DoubleCall(models.Model):
    """An answer that the test provider gave, to be repeated for the same idempotency key."""

    key = models.CharField(max_length=255, primary_key=True)
    asked = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "payments_double_calls"

    def __str__(self) -> str:
        return self.key
