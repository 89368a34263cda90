from django.conf import settings
from django.db import models

from peerloop.core.entities.models import Entity


class Availability(Entity):
    """Whether a helper has switched "Available to Help" on. Without a row it is off."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="availability")
    is_available = models.BooleanField(default=False)

    class Meta:
        db_table = "user_availability"
        verbose_name_plural = "availability"

    def __str__(self) -> str:
        return f"{self.user}: {'available' if self.is_available else 'not available'}"
