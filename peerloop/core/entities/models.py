from typing import Any, NoReturn

from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from .errors import AppendOnly


class Entity(models.Model):
    """`id` is a version 7 UUID, so keys sort by time and nothing is learnt by counting."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """What was booked is neither changed nor removed; the database refuses it as well."""

    def update(self, **fields: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly


class Booked(Entity):
    """A row of the books. Its table gets a trigger in a migration, as goodwill/migrations/0002_append_only.py does."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise AppendOnly
