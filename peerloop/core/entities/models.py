from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7


class Entity(models.Model):
    """`id` is a version 7 UUID, so keys sort by time and nothing is learnt by counting."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
