import hashlib

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q

from peerloop.core.accounts.models import User
from peerloop.core.entities.models import Entity

from .features import features


def feature_choices() -> list[tuple[str, str]]:
    return [(name, feature.label) for name, feature in features]


class FlagQuerySet(models.QuerySet["Flag"]):
    def seen_by(self, user: User) -> "FlagQuerySet":
        """Each flag with whether `user` is `chosen` by name or through a group."""
        by_name = Flag.people.through.objects.filter(flag=OuterRef("pk"), user=user.pk)
        by_group = Flag.groups.through.objects.filter(flag=OuterRef("pk"), group__user=user.pk)
        return self.annotate(chosen=Q(Exists(by_name)) | Q(Exists(by_group)))


class Flag(Entity):
    """For whom one feature is on. A declared feature without a row is on, so that a fresh site works."""

    name = models.CharField("feature", max_length=40, unique=True, choices=feature_choices)
    everyone = models.BooleanField(
        default=True, help_text="On for all, visitors included. What follows then adds nothing."
    )
    share = models.PositiveSmallIntegerField(
        "share of people",
        default=0,
        validators=[MaxValueValidator(100)],
        help_text="Per cent. The same people stay in while it grows.",
    )
    groups = models.ManyToManyField(Group, blank=True)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")

    objects = FlagQuerySet.as_manager()

    class Meta:
        db_table = "feature_flags"
        ordering = ("name",)
        constraints = [models.CheckConstraint(condition=Q(share__lte=100), name="share_is_per_cent")]

    def __str__(self) -> str:
        return self.get_name_display()

    def draws(self, user: User) -> bool:
        """Whether the share falls on `user`: always the same answer for one person and one share."""
        digest = hashlib.sha256(f"{self.name}:{user.pk}".encode()).digest()
        return int.from_bytes(digest[:4], "big") % 100 < self.share
