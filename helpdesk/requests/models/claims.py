from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.entities.models import Entity

from ...sessions.models import HelpSession
from .requests import HelpRequest


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, user: User) -> Self:
        """Those of which `user` is one of the two; staff see all."""
        return self if user.is_staff else self.filter(Q(helper=user.pk) | Q(request__requester=user.pk))

    def live(self) -> Self:
        return self.filter(status="live")

    def waiting(self) -> Self:
        """Claimed, and their session not started."""
        return self.live().filter(session__status="waiting")

    def active(self) -> Self:
        """Those whose session goes on."""
        return self.live().filter(session__status="active")

    def late(self) -> Self:
        """Those whose helper has not started in time."""
        return self.waiting().filter(start_by__lte=timezone.now())

    def with_all(self) -> Self:
        """With everything that a page says of them, in one query."""
        return self.select_related("helper", "session", "request__requester", "request__course")


class Claim(Entity):
    """A helper has taken a paid request: a session waits until `start_by`, and then goes on or the claim is over."""

    class Status(models.TextChoices):
        LIVE = "live"
        COMPLETED = "completed"
        GIVEN_BACK = "given_back"
        EXPIRED = "expired", "Not started in time"
        ABANDONED = "abandoned"
        CALLED_OFF = "called_off", "The request ended before it"

    request = models.ForeignKey(HelpRequest, models.PROTECT, related_name="claims")
    helper = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="claims")
    session = models.OneToOneField(HelpSession, models.PROTECT, related_name="claim")
    status = models.CharField(max_length=20, choices=Status, default=Status.LIVE)
    start_by = models.DateTimeField()
    # When one of the two was last seen in the session; long after that it counts as abandoned.
    seen_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        db_table = "help_claims"
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(status="live"), name="one_live_claim_per_request"),
            models.CheckConstraint(
                condition=Q(status="live", ended_at=None) | (~Q(status="live") & Q(ended_at__isnull=False)),
                name="ended_claims_have_their_time",
            ),
        ]
        indexes = [models.Index(fields=["start_by"], condition=Q(status="live"), name="claims_to_start")]

    def __str__(self) -> str:
        return f"{self.helper_id} on {self.request_id}"

    @property
    def is_live(self) -> bool:
        return self.status == self.Status.LIVE
