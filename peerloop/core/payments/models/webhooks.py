from django.db import models
from django.db.models import Q

from peerloop.core.entities.models import Entity

from .payments import SENTENCE


class WebhookDelivery(Entity):
    """A message of the provider, by its own id: told twice, done once. `done_at` is written with the work itself."""

    event_id = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=80)
    intent_id = models.CharField(max_length=80, blank=True)
    account_id = models.CharField(max_length=80, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=SENTENCE, blank=True)

    class Meta:
        db_table = "payment_webhooks"
        verbose_name_plural = "webhook deliveries"
        indexes = [models.Index(fields=["created_at"], condition=Q(done_at__isnull=True), name="webhooks_not_done")]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
