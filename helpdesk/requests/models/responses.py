from datetime import timedelta
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.entities.models import Entity

from .. import addresses
from .requests import HelpRequest


class HelpResponseQuerySet(models.QuerySet["HelpResponse"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of requests that `user` may see; what moderation hid is there for its author and for staff alone."""
        there = self.filter(request__in=HelpRequest.objects.visible_to(user).values("pk"))
        if not user.is_authenticated:
            return there.filter(hidden_at=None)
        return there if user.is_staff else there.filter(Q(hidden_at=None) | Q(responder=user.pk))

    def shown(self) -> Self:
        """Those that moderation did not hide."""
        return self.filter(hidden_at=None)


class HelpResponse(Entity):
    """An answer to a free request. Numbered lists and line breaks of its text are kept."""

    request = models.ForeignKey(HelpRequest, models.CASCADE, related_name="responses", db_column="help_request_id")
    responder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="help_responses")
    response_text = models.TextField(max_length=settings.PEERLOOP.HELP_RESPONSE_CHARACTERS)
    is_solution = models.BooleanField(default=False)
    helpful_count = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    hidden_at = models.DateTimeField(null=True, blank=True)

    objects = HelpResponseQuerySet.as_manager()

    class Meta:
        db_table = "help_responses"
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(is_solution=True), name="one_solution_per_request"),
        ]
        indexes = [models.Index(fields=["request", "id"], name="responses_of_request")]

    def __str__(self) -> str:
        return f"{self.responder_id} to {self.request_id}"

    @property
    def is_changed(self) -> bool:
        """Whether its words are not the first ones; the two times of a new one differ by the moment between them."""
        return self.updated_at - self.created_at > timedelta(seconds=1)

    def get_absolute_url(self) -> str:
        """Its place in the thread."""
        return f"{addresses.thread(self.request_id)}#response-{self.pk}"
