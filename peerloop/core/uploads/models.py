from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from peerloop.core.entities.models import Entity


class UploadQuerySet(models.QuerySet[Any]):
    def unattached(self) -> Self:
        """Pictures that belong to nothing yet: seen by their owner only, swept after a day."""
        return self.filter(attached_at=None)

    def forgotten(self) -> Self:
        """Pictures whose owner has had PEERLOOP.UNATTACHED_HOURS to attach them and did not."""
        return self.unattached().filter(
            created_at__lt=timezone.now() - timedelta(hours=settings.PEERLOOP.UNATTACHED_HOURS)
        )

    def mark_attached(self, ids: Iterable[UUID]) -> None:
        """Note that these belong to something now."""
        self.filter(pk__in=list(ids)).update(attached_at=timezone.now())

    def mark_unattached(self, ids: Iterable[UUID]) -> None:
        """Note that these belong to nothing any more; the next sweep takes those that are older than a day."""
        self.filter(pk__in=list(ids)).update(attached_at=None)


class Upload(Entity):
    """A picture that was cleaned and stored."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="uploads")
    file = models.FileField(upload_to="uploads/")
    thumbnail = models.FileField(upload_to="thumbnails/")
    content_type = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveIntegerField()
    attached_at = models.DateTimeField(null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        db_table = "uploads"
        indexes = [models.Index(fields=["created_at"], name="uploads_to_sweep", condition=models.Q(attached_at=None))]

    def __str__(self) -> str:
        return f"{self.width} by {self.height}, {self.owner}"

    @property
    def url(self) -> str:
        return reverse("upload", args=[self.pk])

    @property
    def thumb_url(self) -> str:
        return reverse("upload_thumb", args=[self.pk])
