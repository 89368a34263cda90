import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import PurePosixPath
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import available_timezones

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from peerloop.core.entities.models import Entity

# Ends as a mention in a message may end, so that everybody can be mentioned; \Z, because $ lets a line break pass.
USERNAME = RegexValidator(
    r"^[a-z0-9][a-z0-9_.-]{0,28}[a-z0-9_]\Z",
    "Use 2 to 30 small letters, digits, dots, dashes or underscores. Start and end with a letter or digit.",
)
DIRECTION_MARKS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
EMAIL_TAKEN = "That email address belongs to another account."
TONES = 6
# The actor of what machines do. Its row is made by the first migration.
SYSTEM_ID = UUID("00000000-0000-7000-8000-000000000001")
RESERVED = {"admin", "all", "everyone", "here", "me", "moderator", "peerloop", "root", "staff", "support", "system"}


@cache
def time_zones() -> frozenset[str]:
    """Names of all zones this machine knows; read from disk once."""
    return frozenset(available_timezones())


def validate_time_zone(name: str) -> None:
    if name not in time_zones():
        raise ValidationError("Choose a time zone from the list.")


def validate_claimable(username: str) -> None:
    """People may not choose a name that looks official or like a deleted account; `create_account` may give it."""
    if username in RESERVED or username.startswith("deleted-"):
        raise ValidationError("That user name is kept for the site. Choose another.")


def validate_name(name: str) -> None:
    if not any(letter.isalnum() for letter in name):
        raise ValidationError("Use at least one letter or digit.")
    # Direction marks could make the text after a name read backwards for everybody.
    if any(unicodedata.category(letter) == "Cc" or letter in DIRECTION_MARKS for letter in name):
        raise ValidationError("Use plain text, without line breaks or hidden marks.")


USERNAME_RULES: list[Callable[[str], None]] = [USERNAME, validate_claimable]


class UserQuerySet(models.QuerySet["User"]):
    def people(self) -> "UserQuerySet":
        """Accounts of people who are here: not the system, not deleted, not banned."""
        return self.filter(is_active=True).exclude(pk=SYSTEM_ID)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str) -> "User":
        return self.get(username=username)


class User(Entity, AbstractBaseUser, PermissionsMixin):
    class Role(models.TextChoices):
        STUDENT = "student", "Student"
        HELPER = "helper", "Helper"

    username = models.CharField(
        max_length=30,
        unique=True,
        validators=[USERNAME],
        error_messages={"unique": "Somebody else already has that user name. Choose another."},
    )
    email = models.EmailField(unique=True, error_messages={"unique": EMAIL_TAKEN})
    name = models.CharField(max_length=80, validators=[validate_name])
    bio = models.TextField(max_length=500, blank=True)
    avatar = models.ImageField(upload_to="avatars/", blank=True)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    role = models.CharField(max_length=10, choices=Role, default=Role.STUDENT)

    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    muted_until = models.DateTimeField(null=True, blank=True)
    banned_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        db_table = "users"
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_email", violation_error_message=EMAIL_TAKEN),
            models.CheckConstraint(condition=models.Q(username=Lower("username")), name="usernames_are_small"),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_absolute_url(self) -> str:
        return reverse("profile", args=[self.username])

    @property
    def display_name(self) -> str:
        return str(self)

    @property
    def is_helper(self) -> bool:
        return self.role == self.Role.HELPER

    @property
    def standing(self) -> str:
        """What the chip beside the name says: "Staff" of all staff, of others the role."""
        return "Staff" if self.is_staff else self.get_role_display()

    @property
    def is_system(self) -> bool:
        return self.pk == SYSTEM_ID

    @property
    def is_muted(self) -> bool:
        return self.muted_until is not None and self.muted_until > timezone.now()

    @property
    def initials(self) -> str:
        words = str(self).split()
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @property
    def tone(self) -> int:
        """Which of the avatar colours, 1 to 6: always the same for one person."""
        return self.pk.int % TONES + 1

    @property
    def avatar_url(self) -> str:
        """Where the picture is served; each new picture has a new address, so browsers may keep it for ever."""
        return reverse("avatar", args=[PurePosixPath(self.avatar.name or "").stem]) if self.avatar else ""


class CountedAttempt(models.Model):
    """What is counted of signing in while Redis is away. Django's cache in a database reads and writes it."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "counted_attempts"

    def __str__(self) -> str:
        return self.cache_key
