from collections.abc import Iterator, Mapping
from typing import Any

from peerloop.core.accounts.exports import Export, exports
from peerloop.core.accounts.models import User

from .models import AnalyticsEvent


def rows(user: User) -> Iterator[Mapping[str, Any]]:
    yield from AnalyticsEvent.objects.filter(user=user).values("name", "data", "at").iterator()


exports.add("analytics-events", Export(rows))
