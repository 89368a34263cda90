"""The daily mail: when a person wants it, and each one that was made."""

from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from peerloop.core.entities.models import Entity

# As long as this a mail server that refuses is asked again. What was not mailed then still waits in the bell.
WORTH_TRYING = timedelta(days=2)


class DigestPlanQuerySet(models.QuerySet["DigestPlan"]):
    def due(self) -> "DigestPlanQuerySet":
        return self.filter(due_at__lte=timezone.now())


class DigestPlan(Entity):
    """At which hour of their own day a person wants the daily mail. There once they have chosen it for some kind."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest_plan")
    hour = models.PositiveSmallIntegerField(validators=[MaxValueValidator(23)])
    # When it is looked next whether something waits: always ahead, so that nothing can wait unseen.
    due_at = models.DateTimeField(db_index=True)

    objects = DigestPlanQuerySet.as_manager()

    class Meta:
        db_table = "notification_digest_plans"
        constraints = [models.CheckConstraint(condition=Q(hour__lte=23), name="digests_leave_at_an_hour_of_the_day")]

    def __str__(self) -> str:
        return f"{self.hour:02}:00"


class DigestQuerySet(models.QuerySet["Digest"]):
    def due(self) -> "DigestQuerySet":
        now = timezone.now()
        return self.filter(due_at__lte=now, created_at__gt=now - WORTH_TRYING)


class Digest(Entity):
    """One daily mail. What it holds is settled when it is made, whatever happens until it has left."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests")
    # The person's own day.
    day = models.DateField()
    # Set while it is owed, as with the mail of a single notice.
    due_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        db_table = "notification_digests"
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="one_digest_a_day")]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="digests_to_mail")]

    def __str__(self) -> str:
        return f"{self.day}"
