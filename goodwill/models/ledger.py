from django.conf import settings
from django.db import models
from django.db.models import F, Q

from peerloop.core.entities.models import Booked, Entity

# The reason of the transaction that opens an account.
STARTING_BALANCE = "starting_balance"


class Account(Entity):
    """What one person has to give. The issuing account of the system is the only one that may be below zero."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="goodwill")
    balance = models.BigIntegerField(default=0)
    issues = models.BooleanField(default=False)

    class Meta:
        db_table = "user_goodwill"
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0) | Q(issues=True), name="balances_never_below_zero"),
            models.UniqueConstraint(fields=["issues"], condition=Q(issues=True), name="one_issuing_account"),
        ]

    def __str__(self) -> str:
        return f"Goodwill of {self.user}"

    @property
    def is_low(self) -> bool:
        return self.balance < settings.PEERLOOP.LOW_BALANCE


class Transaction(Booked):
    """Points that went from one person to another, once per reason, reference and giver."""

    from_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="points_given")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="points_received")
    points = models.PositiveIntegerField()
    reason = models.CharField(max_length=40)
    reference_id = models.UUIDField()

    class Meta:
        db_table = "goodwill_transactions"
        constraints = [
            models.UniqueConstraint(fields=["reason", "reference_id", "from_user"], name="one_award_each"),
            models.CheckConstraint(condition=Q(points__gt=0), name="points_above_zero"),
            models.CheckConstraint(condition=~Q(from_user=F("to_user")), name="no_award_to_oneself"),
        ]

    def __str__(self) -> str:
        return f"{self.points} from {self.from_user} to {self.to_user}"


class Entry(Booked):
    """One side of a transaction: `amount` is below zero for who gives, above zero for who gets."""

    # The constraint and the index below serve both keys.
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="entries", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries", db_index=False)
    amount = models.BigIntegerField()

    class Meta:
        db_table = "goodwill_entries"
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["transaction", "account"], name="one_side_each"),
            models.CheckConstraint(condition=~Q(amount=0), name="entries_move_points"),
        ]
        # History is read newest first, one account at a time.
        indexes = [models.Index(fields=["account", "id"], name="entries_of_account")]

    def __str__(self) -> str:
        return f"{self.amount:+}"
