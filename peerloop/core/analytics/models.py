from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from peerloop.core.entities.models import Entity


class AnalyticsEvent(Entity):
    """Something happened, once. Never changed; `user` is forgotten with the account."""

    name = models.CharField(max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "analytics_events"
        ordering = ("-at",)
        indexes = [models.Index(fields=["name", "at"], name="events_by_name_and_time")]

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M}"
