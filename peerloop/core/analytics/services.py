"""The one verb of analytics."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User

from .gathering import gatherer
from .measures import measures
from .models import AnalyticsEvent


def track(name: str, *, user: User | None = None, **data: Any) -> None:
    """Count the event `name` of `user`, as of now, soon after what caused it is committed.

    A name or a set of fields that measures.py does not declare is a mistake in the program: ValueError, at once.
    Anything that goes wrong later is logged and never reaches the caller. Tracking twice counts twice.
    """
    transaction.on_commit(partial(gatherer.add, _event(name, user, data)), robust=True)


def track_now(name: str, *, user: User | None = None, **data: Any) -> None:
    """The same for what is committed already, from a coroutine."""
    gatherer.add(_event(name, user, data))


def _event(name: str, user: User | None, data: dict[str, Any]) -> Callable[[], AnalyticsEvent]:
    if name not in measures:
        raise ValueError(f"The analytics event {name!r} is not declared.")
    if not measures[name].fits(set(data)):
        raise ValueError(f"The analytics event {name!r} has no shape with the fields {sorted(data)}.")
    return partial(AnalyticsEvent, name=name, user=user, data=data, at=timezone.now())


@transaction.atomic
def forget_person(*, user: User) -> int:
    """Keep the counts and drop who it was; returns how many events. Repeating it is harmless."""
    return AnalyticsEvent.objects.filter(user=user).update(user=None)
