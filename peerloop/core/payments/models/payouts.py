"""What is passed on to payees, and the accounts at the provider where it goes."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.entities.models import Entity

from ..money import in_words
from .payments import SENTENCE, Payment


class PayoutAccount(Entity):
    """Somebody's account at the provider. Bank details and papers are given there; here is known whether it works."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payout_accounts")
    provider = models.CharField(max_length=10)
    account_id = models.CharField(max_length=80, blank=True)
    is_submitted = models.BooleanField(default=False, help_text="The provider's form was filled in to its end.")
    is_ready = models.BooleanField(default=False, help_text="Money can be sent to it, and from it to a bank.")
    asks = models.JSONField(default=list, blank=True, help_text="What the provider still asks for, in its words.")
    attempt = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "payout_accounts"
        constraints = [
            models.UniqueConstraint(fields=["person", "provider"], name="one_payout_account_for_a_person"),
            models.UniqueConstraint(fields=["account_id"], condition=~Q(account_id=""), name="one_row_for_an_account"),
            models.CheckConstraint(
                condition=Q(is_ready=False) | ~Q(account_id=""), name="ready_payout_accounts_are_at_the_provider"
            ),
        ]

    def __str__(self) -> str:
        return self.account_id or "not made yet"


class PayoutQuerySet(models.QuerySet["Payout"]):
    def visible_to(self, user: User) -> "PayoutQuerySet":
        """Those who are paid see it, and nobody else; staff see it in the admin."""
        return self.filter(payee=user)

    def due(self) -> "PayoutQuerySet":
        """Something may have to be done at the provider, and may be tried (again) now."""
        return self.filter(Q(try_at__lte=timezone.now()) | Q(Exists(_ready_accounts()), status=Payout.Status.WAITING))


class Payout(Entity):
    """The payee's part of one payment.

    `amount` is that part of all that was taken; of what is refunded the same part is not sent, or taken back. `asked`
    stands for a sum that the provider was or may have been asked to move, and is decided before it is asked: the key
    of the question stands for that sum and no other.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "Waits for the payee's account"
        DUE = "due", "Being sent"
        SENT = "sent", "Sent"
        REVERSED = "reversed", "Taken back for a refund"
        FAILED = "failed", "Could not be sent"
        CANCELLED = "cancelled", "Not sent"

    MOVED = (Status.SENT, Status.REVERSED)

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="payout")
    payee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payouts")
    amount = models.PositiveBigIntegerField()
    status = models.CharField(max_length=10, choices=Status)
    sent = models.PositiveBigIntegerField(default=0)
    reversed = models.PositiveBigIntegerField(default=0)
    asked = models.PositiveBigIntegerField(default=0)
    transfer_id = models.CharField(max_length=80, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    try_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=SENTENCE, blank=True)

    objects = PayoutQuerySet.as_manager()

    class Meta:
        db_table = "payouts"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payouts_above_zero"),
            models.CheckConstraint(
                condition=Q(reversed__lte=F("sent"), sent__lte=F("amount")), name="reversed_within_sent_within_amount"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["sent", "reversed"], sent__gt=0, sent_at__isnull=False) & ~Q(transfer_id="")
                | (~Q(status__in=["sent", "reversed"]) & Q(sent=0, sent_at__isnull=True, transfer_id="")),
                name="sent_payouts_have_their_transfer",
            ),
            models.UniqueConstraint(
                fields=["transfer_id"], condition=~Q(transfer_id=""), name="one_row_for_a_transfer"
            ),
        ]
        indexes = [
            models.Index(fields=["try_at"], condition=Q(try_at__isnull=False), name="payouts_to_try"),
            models.Index(fields=["payee"], condition=Q(status="waiting"), name="payouts_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.in_words} ({self.get_status_display()})"

    @property
    def in_words(self) -> str:
        return in_words(self.amount, self.payment.currency)

    @property
    def kept(self) -> int:
        """What the payee has of it."""
        return self.sent - self.reversed

    @property
    def reversed_in_words(self) -> str:
        return in_words(self.reversed, self.payment.currency)

    @property
    def owed(self) -> int:
        """What the payee is to have: of what the payer has not got back, the same part as of all."""
        return self.amount * self.payment.refundable // self.payment.captured

    @property
    def owed_in_words(self) -> str:
        return in_words(self.owed, self.payment.currency)

    @property
    def shown_in_words(self) -> str:
        """What the payee has of it, or is to have."""
        return in_words(self.kept, self.payment.currency) if self.status in self.MOVED else self.owed_in_words


def _ready_accounts() -> models.QuerySet[PayoutAccount]:
    return PayoutAccount.objects.filter(person=OuterRef("payee"), provider=OuterRef("payment__provider"), is_ready=True)
