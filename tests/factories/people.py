"""The fixed cast."""

import pytest
from allauth.account.models import EmailAddress

from peerloop.core.accounts.models import User


def person(username: str, **fields) -> User:
    name = fields.pop("name", username.replace("-", " ").title())
    user = User.objects.create_user(username, f"{username}@example.com", "peerloop", name=name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


@pytest.fixture
def ada(db) -> User:
    """Ada asks."""
    return person("ada", name="Ada Lind")


@pytest.fixture
def ben(db) -> User:
    """Ben helps."""
    return person("ben", name="Ben Okoro")


@pytest.fixture
def mei(db) -> User:
    """Mei mentors."""
    return person("mei", name="Mei Tan")


@pytest.fixture
def sam(db) -> User:
    """Sam is the support agent."""
    return person("sam", name="Sam Whitlock")


@pytest.fixture
def root(db) -> User:
    """Root is staff."""
    return person("root", name="Root Admin", is_staff=True, is_superuser=True)


@pytest.fixture
def oskar(db) -> User:
    """Oskar is the outsider."""
    return person("oskar", name="Oskar Berg")
