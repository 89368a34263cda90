"""Ways in: a browser-like client and an API-like client for any of the cast."""

import pytest
from django.test import Client


@pytest.fixture
def as_user():
    """`as_user(ada)` is a client signed in as Ada; `as_user(None)` a visitor's."""

    def sign_in(user=None, **headers) -> Client:
        client = Client(headers=headers or None)
        if user is not None:
            client.force_login(user)
        return client

    return sign_in
