from django.conf import settings
from django.db import models
from django.db.models import Q

from peerloop.core.entities.models import Entity
from peerloop.core.uploads.models import Upload

from .requests import HelpRequest
from .responses import HelpResponse

CAPTION_CHARACTERS = 200


class Photo(Entity):
    """A picture in its place, from 1, of what it belongs to."""

    upload = models.OneToOneField(Upload, models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    caption = models.CharField(max_length=CAPTION_CHARACTERS, blank=True)

    class Meta:
        abstract = True


class RequestPhoto(Photo):
    class Kind(models.TextChoices):
        BEFORE = "before"
        AFTER = "after"

    request = models.ForeignKey(HelpRequest, models.CASCADE, related_name="photos")
    kind = models.CharField(max_length=10, choices=Kind, blank=True)

    class Meta:
        db_table = "help_request_photos"
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["request", "place"], name="one_request_photo_in_a_place"),
            models.CheckConstraint(condition=Q(place__gt=0), name="request_photos_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"Photo {self.place} of {self.request_id}"


class ResponsePhoto(Photo):
    response = models.ForeignKey(HelpResponse, models.CASCADE, related_name="photos")

    class Meta:
        db_table = "help_response_photos"
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["response", "place"], name="one_response_photo_in_a_place"),
            models.CheckConstraint(condition=Q(place__gt=0), name="response_photos_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"Photo {self.place} of {self.response_id}"


class PhotoPin(Entity):
    """A numbered mark on a photo of a request: by its requester, or by who responds, then with the response.

    `x` and `y` are shares of the photo's width and height, from its upper left corner.
    """

    photo = models.ForeignKey(RequestPhoto, models.CASCADE, related_name="pins")
    response = models.ForeignKey(HelpResponse, models.CASCADE, null=True, blank=True, related_name="pins")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    x = models.FloatField()
    y = models.FloatField()
    note = models.CharField(max_length=CAPTION_CHARACTERS, blank=True)

    class Meta:
        db_table = "help_photo_pins"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["photo", "number"], name="pins_of_a_photo_are_numbered"),
            models.CheckConstraint(condition=Q(number__gt=0), name="pins_count_from_one"),
            models.CheckConstraint(condition=Q(x__gte=0, x__lte=1, y__gte=0, y__lte=1), name="pins_are_on_their_photo"),
        ]

    def __str__(self) -> str:
        return f"Pin {self.number} on {self.photo_id}"

    @property
    def left(self) -> str:
        """Its place on a page: "42.50%"."""
        return f"{self.x:.2%}"

    @property
    def top(self) -> str:
        return f"{self.y:.2%}"
