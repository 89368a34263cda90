from collections.abc import Iterable
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from peerloop.core.accounts.models import User
from peerloop.core.entities.models import Entity


class HelpfulVoteQuerySet(models.QuerySet["HelpfulVote"]):
    def visible_to(self, user: User) -> Self:
        """One's own; of other people's votes only the counts are told."""
        return self.filter(voter=user.pk)

    def about(self, content_type: str, content_ids: Iterable[UUID]) -> Self:
        """The votes on these things."""
        return self.filter(content_type=content_type, content_id__in=list(content_ids))


class HelpfulVote(Entity):
    """Whether somebody found a thing helpful: one vote per person and thing, which may change."""

    class Content(models.TextChoices):
        HELP_RESPONSE = "help_response"
        FORUM_POST = "forum_post"
        TUTORIAL = "tutorial"

    content_type = models.CharField(max_length=20, choices=Content)
    content_id = models.UUIDField()
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="helpful_votes")
    is_helpful = models.BooleanField()

    objects = HelpfulVoteQuerySet.as_manager()

    class Meta:
        db_table = "helpful_votes"
        constraints = [
            models.UniqueConstraint(fields=["content_type", "content_id", "voter"], name="one_vote_each"),
            models.CheckConstraint(
                condition=Q(content_type__in=["help_response", "forum_post", "tutorial"]), name="votes_on_known_content"
            ),
        ]

    def __str__(self) -> str:
        return f"{'Helpful' if self.is_helpful else 'Not helpful'}: {self.content_type} {self.content_id}"
