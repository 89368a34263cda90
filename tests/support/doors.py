"""Ways in: every address of the house, and a client for any of the cast."""

import uuid

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.house import APPS

ELSEWHERE = str(uuid.UUID(int=1))


@pytest.fixture
def as_user():
    """`as_user(ada)` is a client signed in as Ada; `as_user(None)` a visitor's."""

    def sign_in(user=None, **headers) -> Client:
        client = Client(headers=headers or None)
        if user is not None:
            client.force_login(user)
        return client

    return sign_in


def own_addresses(resolver: URLResolver) -> list[str]:
    """The names of the addresses whose views are the house's own; the admin's and allauth's have tests elsewhere."""
    names = []
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            names += [] if each.app_name == "admin" else own_addresses(each)
        elif isinstance(each, URLPattern) and each.callback.__module__.partition(".")[0] in APPS:
            names.append(each.name)
    return names


@pytest.fixture
def places(course, modules, say, ada, summons, booking, opened, question, reply) -> dict[str, str]:
    """What stands in the addresses: a course that is there, a message in its room, a call for help, a payment."""
    return {
        "course_id": course.pk,
        "module_id": modules[0].pk,
        "message_id": say(ada, "How thin?", question=True).pk,
        "summons_id": summons.pk,
        "booking_id": booking.pk,
        "payment_id": opened.pk,
        "request_id": question.pk,
        "response_id": reply.pk,
        "intent_id": "none",
        "account_id": "none",
        "username": "ben",
        "name": "none.webp",
        "ticket": "none",
        **dict.fromkeys(
            (
                "avatar_id",
                "notification_id",
                "device_id",
                "upload_id",
                "hours_id",
                "day_off_id",
                "session_id",
                "photo_id",
                "pin_id",
            ),
            ELSEWHERE,
        ),
    }


def address(name: str, places: dict[str, str]) -> str:
    asked = get_resolver().reverse_dict.getlist(name)[0][0][0][1]
    return reverse(name, kwargs={each: places[each] for each in asked})
