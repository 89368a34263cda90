"""A payment, from the card to its end."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.entities.models import Entity

from ..money import in_words

SENTENCE = 300


class PaymentQuerySet(models.QuerySet["Payment"]):
    def visible_to(self, user: User) -> "PaymentQuerySet":
        """Those who pay and are paid see it; staff see it in the admin."""
        return self.filter(Q(payer=user) | Q(payee=user))

    def live(self) -> "PaymentQuerySet":
        return self.exclude(status__in=Payment.OVER)

    def wanting(self) -> "PaymentQuerySet":
        """A capture or a release was decided, is not done, and may be tried (again) now."""
        return self.exclude(wanted="").filter(try_at__lte=timezone.now())


class Payment(Entity):
    """Money that somebody pays for one thing: held on the card first, then captured or released.

    `status` follows what the provider says. What was decided here and is not yet true there stands in `wanted`.
    """

    class Status(models.TextChoices):
        CREATED = "created", "Waiting for a card"
        NEEDS_ACTION = "needs_action", "Waiting for the bank's check"
        FAILED = "failed", "Card refused"
        AUTHORISED = "authorised", "On hold"
        CAPTURED = "captured", "Paid"
        RELEASED = "released", "Released"
        EXPIRED = "expired", "Hold ended"

    class Wanted(models.TextChoices):
        NOTHING = "", "Nothing"
        CAPTURE = "capture", "Capture"
        RELEASE = "release", "Release"

    OPEN = (Status.CREATED, Status.NEEDS_ACTION, Status.FAILED)
    OVER = (Status.RELEASED, Status.EXPIRED)

    purpose = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    number = models.PositiveSmallIntegerField(default=1, help_text="Counts the payments for this thing.")
    payer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payments_made")
    payee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="payments_received"
    )
    amount = models.PositiveBigIntegerField(help_text="Minor units: cents of a dollar.")
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=20, choices=Status, default=Status.CREATED)
    captured = models.PositiveBigIntegerField(default=0)
    refunded = models.PositiveBigIntegerField(default=0)

    provider = models.CharField(max_length=10)
    intent_id = models.CharField(max_length=80, blank=True)
    client_secret = models.CharField(max_length=200, blank=True, editable=False)
    card = models.CharField(max_length=40, blank=True)
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    authorised_at = models.DateTimeField(null=True, blank=True)
    captured_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    wanted = models.CharField(max_length=10, choices=Wanted, default=Wanted.NOTHING, blank=True)
    wanted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Part of the idempotency keys: raised when the provider answered with an error, which it would repeat for ever.
    attempt = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    try_at = models.DateTimeField(default=timezone.now)
    looked_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=SENTENCE, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        db_table = "payments"
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "subject_id"],
                condition=~Q(status__in=["released", "expired"]),
                name="one_live_payment_for_a_thing",
            ),
            models.UniqueConstraint(fields=["purpose", "subject_id", "number"], name="payments_of_a_thing_are_counted"),
            models.UniqueConstraint(fields=["intent_id"], condition=~Q(intent_id=""), name="one_payment_for_an_intent"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_above_zero"),
            models.CheckConstraint(
                condition=Q(refunded__lte=F("captured"), captured__lte=F("amount")),
                name="refunded_within_captured_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(status="captured", captured__gt=0, captured_at__isnull=False, wanted="")
                | (~Q(status="captured") & Q(captured=0, captured_at__isnull=True)),
                name="captured_payments_have_their_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="authorised") | Q(authorised_at__isnull=False), name="holds_have_their_time"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["released", "expired"], ended_at__isnull=False, wanted="")
                | (~Q(status__in=["released", "expired"]) & Q(ended_at__isnull=True)),
                name="ended_payments_have_their_time",
            ),
        ]
        indexes = [
            models.Index(fields=["try_at"], condition=~Q(wanted=""), name="payments_wanting"),
            models.Index(fields=["status", "looked_at"], name="payments_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.in_words} ({self.get_status_display()})"

    @property
    def in_words(self) -> str:
        return in_words(self.amount, self.currency)

    @property
    def captured_in_words(self) -> str:
        return in_words(self.captured, self.currency)

    @property
    def refunded_in_words(self) -> str:
        return in_words(self.refunded, self.currency)

    @property
    def is_open(self) -> bool:
        """A card can still be given."""
        return self.status in self.OPEN and not self.wanted

    @property
    def is_held(self) -> bool:
        """The money is on hold and can still be taken. False from the hold's end on, whoever has noticed it yet."""
        in_time = self.hold_expires_at is None or self.hold_expires_at > timezone.now()
        return self.status == self.Status.AUTHORISED and in_time

    @property
    def refundable(self) -> int:
        return self.captured - self.refunded
