from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from peerloop.core.entities.models import Entity
from peerloop.core.payments.models import SENTENCE, Refund
from peerloop.core.payments.money import in_words

from .claims import Claim

UNDECIDED = Q(state="open", decided_by=None, decided_at=None, note="", refund=None)
DECIDED = Q(decided_by__isnull=False, decided_at__isnull=False)


class ProblemReportQuerySet(models.QuerySet["ProblemReport"]):
    def open(self) -> Self:
        """Those that staff have not decided."""
        return self.filter(state="open")

    def with_all(self) -> Self:
        """With everything that a page says of them, in one query."""
        return self.select_related(
            "by", "claim__request__requester", "claim__session", "claim__helper", "decided_by", "refund"
        )


class ProblemReport(Entity):
    """What the customer of a paid session says went wrong, and what staff decided: a refund, or none and why."""

    class State(models.TextChoices):
        OPEN = "open", "Being looked into"
        REFUNDED = "refunded", "Refunded"
        DECLINED = "declined", "Nothing is refunded"

    claim = models.OneToOneField(Claim, models.PROTECT, related_name="problem")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="problem_reports")
    text = models.TextField(max_length=settings.PEERLOOP.PROBLEM_CHARACTERS)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, blank=True, related_name="+")
    # What the customer and the helper read of the decision.
    note = models.CharField(max_length=SENTENCE, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="problems_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ProblemReportQuerySet.as_manager()

    class Meta:
        db_table = "help_problem_reports"
        constraints = [
            models.CheckConstraint(
                condition=UNDECIDED
                | DECIDED & Q(state="refunded", refund__isnull=False)
                | DECIDED & Q(state="declined", refund=None) & ~Q(note=""),
                name="decided_reports_say_how",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="open"), name="problem_reports_open")]

    def __str__(self) -> str:
        return f"Report on {self.claim_id} ({self.get_state_display()})"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def amount(self) -> int:
        """What is refunded, in cents."""
        return self.refund.amount if self.refund else 0

    @property
    def amount_in_words(self) -> str:
        return in_words(self.amount, settings.PEERLOOP.CURRENCY)
