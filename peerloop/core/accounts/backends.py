"""Who is signed in, and what every page shows of that person: read together, in one query."""

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet

from peerloop.core.entities.prepared import prepared

from .models import User

_read_with: list[str] = []


def read_with_the_person(relation: str) -> None:
    """Read this one-to-one relation of the user with the user on every request. Saying it twice is harmless."""
    if relation not in _read_with:
        _read_with.append(relation)


class PersonReader(ModelBackend):
    def get_user(self, user_id: Any) -> User | None:
        user: User | None = next(iter(_person(User._meta.pk.to_python(user_id))), None)
        return user if user and self.user_can_authenticate(user) else None


@prepared
def _person(user_id: UUID) -> QuerySet[User]:
    return User.objects.select_related(*_read_with).filter(pk=user_id)


class PasswordBackend(PersonReader):
    """User name and password, as the admin asks for them."""


class SignInBackend(PersonReader, AuthenticationBackend):
    """What allauth's pages and its headless flow ask for."""
