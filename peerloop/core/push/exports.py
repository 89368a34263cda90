"""What a person takes along: where they turned push on."""

from typing import Any

from peerloop.core.accounts.exports import Export, exports
from peerloop.core.accounts.models import User

from .models import PushDevice


def _devices(user: User) -> Any:
    own = PushDevice.objects.visible_to(user).order_by("pk")
    yield from own.values("created_at", "label", "endpoint", "last_success_at", "failing_since")


exports.add("push-devices", Export(_devices))
