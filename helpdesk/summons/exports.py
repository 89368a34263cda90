"""What a person takes along: the summons they made and those they answered."""

from collections.abc import Iterable, Mapping
from typing import Any

from peerloop.core.accounts.exports import Export, exports
from peerloop.core.accounts.models import User

from .models import HelpSummons


def summons(user: User) -> Iterable[Mapping[str, Any]]:
    rows = HelpSummons.objects.of(user).order_by("pk")
    return rows.values("id", "created_at", "course__title", "module__title", "message", "status", "session__duration")


exports.add("help_summons", Export(summons))
