"""What happened to payments and where the money went. Neither can be changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from peerloop.core.entities.models import Booked

from ..money import in_words
from .payments import SENTENCE, Payment


class PaymentEvent(Booked):
    """One line of the timeline. Both parties read it but for what concerns one of them alone: queries.timeline."""

    class What(models.TextChoices):
        OPENED = "opened", "Payment started"
        NEEDS_ACTION = "needs_action", "The bank asks the payer to confirm"
        DECLINED = "declined", "The card was refused"
        AUTHORISED = "authorised", "Put on hold"
        EXPIRING = "expiring", "The hold ends soon"
        CAPTURED = "captured", "Paid"
        CAPTURE_FAILED = "capture_failed", "Could not be taken yet; it is tried again"
        RELEASED = "released", "Released: nothing was taken"
        EXPIRED = "expired", "The hold ended: nothing was taken"
        REFUNDED = "refunded", "Refunded"
        REFUND_FAILED = "refund_failed", "The refund did not arrive"
        PROBLEM = "problem", "A problem was reported"
        KEPT = "kept", "The report was looked into: nothing is refunded"
        PAID_OUT = "paid_out", "Sent to the payee's account"
        TAKEN_BACK = "taken_back", "Taken back from the payee's account for a refund"

    ONCE = ("opened", "authorised", "expiring", "captured", "released", "expired")
    # What the payer does not read: what becomes of the money. What the payee does not: a report before it is decided.
    OF_PAYEE = (What.PAID_OUT, What.TAKEN_BACK)
    OF_PAYER = (What.PROBLEM,)

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=20, choices=What)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    amount = models.PositiveBigIntegerField()
    note = models.CharField(max_length=SENTENCE, blank=True)

    class Meta:
        db_table = "payment_events"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "what"],
                condition=Q(what__in=["opened", "authorised", "expiring", "captured", "released", "expired"]),
                name="payments_change_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.in_words}"

    @property
    def in_words(self) -> str:
        return in_words(self.amount, self.payment.currency)

    @property
    def has_amount(self) -> bool:
        """Whether it is about money that moves; a report moves none."""
        return self.what not in (self.What.PROBLEM, self.What.KEPT)


class PaymentEntry(Booked):
    """One side of money that moved: below zero for who gives it, above zero for who gets it."""

    class Side(models.TextChoices):
        PAYER = "payer"
        SITE = "site"
        PAYEE = "payee"

    event = models.ForeignKey(PaymentEvent, on_delete=models.PROTECT, related_name="entries")
    side = models.CharField(max_length=5, choices=Side)
    amount = models.BigIntegerField()

    class Meta:
        db_table = "payment_entries"
        verbose_name_plural = "payment entries"
        constraints = [
            models.UniqueConstraint(fields=["event", "side"], name="one_side_of_a_payment_each"),
            models.CheckConstraint(condition=~Q(amount=0), name="payment_entries_move_money"),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.amount:+}"
