from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from peerloop.core.entities.models import Entity

from ..money import in_words
from .payments import SENTENCE, Payment


class Refund(Entity):
    """Money refunded, in whole or in part. `id` comes from the form, so that pressing twice refunds once."""

    class Status(models.TextChoices):
        ASKED = "asked", "Being sent"
        MADE = "made", "Refunded"
        FAILED = "failed", "Failed"

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=SENTENCE, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    refund_id = models.CharField(max_length=80, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    try_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=SENTENCE, blank=True)

    class Meta:
        db_table = "payment_refunds"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refunds_above_zero"),
            models.UniqueConstraint(fields=["refund_id"], condition=~Q(refund_id=""), name="one_row_for_a_refund"),
        ]

    def __str__(self) -> str:
        return f"{in_words(self.amount, self.payment.currency)} ({self.get_status_display()})"
