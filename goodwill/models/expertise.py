from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from peerloop.core.accounts.models import User
from peerloop.core.entities.models import Entity

from ..areas import Area


class UserExpertiseQuerySet(models.QuerySet["UserExpertise"]):
    def matching(self, area: Area) -> Self:
        """In this category; where both name a subcategory, in the same one (REC-109)."""
        here = self.filter(category=area.category)
        return here.filter(subcategory__in=["", area.subcategory]) if area.subcategory else here

    def of(self, users: Iterable[User]) -> Self:
        return self.filter(user__in={each.pk for each in users})


class UserExpertise(Entity):
    """What somebody has shown to know in one area. Score and level are the sum of the evidence."""

    class Level(models.TextChoices):
        NOVICE = "novice", "Novice"
        INTERMEDIATE = "intermediate", "Intermediate"
        EXPERT = "expert", "Expert"
        MASTER = "master", "Master"

    class Kind(models.TextChoices):
        TUTORIAL_CREATION = "tutorial_creation", "Tutorials"
        HELP_RESPONSES = "help_responses", "Answers"
        MENTOR_RATING = "mentor_rating", "Mentoring"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="expertise", db_index=False)
    category = models.CharField(max_length=50)
    subcategory = models.CharField(max_length=50, blank=True)
    expertise_level = models.CharField(max_length=20, choices=Level, default=Level.NOVICE)
    # Of what kind most of the evidence is.
    evidence_type = models.CharField(max_length=20, choices=Kind)
    reputation_score = models.IntegerField(default=0)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    objects = UserExpertiseQuerySet.as_manager()

    class Meta:
        db_table = "user_expertise"
        verbose_name_plural = "expertise"
        constraints = [
            # An empty subcategory is a value like any other: one expertise without it as well (REC-10).
            models.UniqueConstraint(fields=["user", "category", "subcategory"], name="one_expertise_per_area"),
            models.CheckConstraint(
                condition=Q(expertise_level__in=["novice", "intermediate", "expert", "master"]),
                name="expertise_has_a_level",
            ),
        ]
        # Who is told of something new in a category.
        indexes = [models.Index(fields=["category", "subcategory"], name="expertise_in_area")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_expertise_level_display()} in {self.name}"

    @property
    def area(self) -> Area:
        return Area(self.category, self.subcategory)

    @property
    def name(self) -> str:
        """The narrower word of the two, as people read it."""
        return (self.subcategory or self.category).capitalize()

    @property
    def is_verified(self) -> bool:
        return self.verified_by_id is not None


class Evidence(Entity):
    """What one contribution is worth to its author's expertise; rewritten whenever the votes on it change."""

    expertise = models.ForeignKey(UserExpertise, models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=20, choices=UserExpertise.Kind)
    content_id = models.UUIDField()
    points = models.IntegerField()

    class Meta:
        db_table = "expertise_evidence"
        verbose_name_plural = "evidence"
        constraints = [
            # A contribution counts once, whatever is said about it how often.
            models.UniqueConstraint(fields=["content_id"], name="one_evidence_per_content"),
        ]

    def __str__(self) -> str:
        return f"{self.points:+}"
