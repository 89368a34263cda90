"""What a moderator can press: each button is one service."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from peerloop.core.accounts.models import User
from peerloop.core.errors import NotThere

from .. import services
from ..models import Act, FlaggedItem

State = FlaggedItem.State


@dataclass(frozen=True)
class Button:
    """`fits(target)` says whether it makes sense now; `loud` marks what hurts."""

    label: str
    service: Callable[..., Act]
    fits: Callable[[Any], bool]
    loud: bool = False


ON_ITEMS = {
    "hide": Button("Hide", services.hide_item, lambda item: item.state != State.UPHELD, loud=True),
    "restore": Button("Restore", services.restore_item, lambda item: item.state == State.UPHELD),
    "dismiss": Button("Dismiss", services.dismiss_flag, lambda item: item.state == State.OPEN),
}


def _mute(**length: int) -> Callable[..., Act]:
    return partial(services.mute_person, length=timedelta(**length))


def _always(person: User) -> bool:
    return True


def _not_muted(person: User) -> bool:
    return not person.is_muted


ON_PEOPLE = {
    "warn": Button("Warn", services.warn_person, _always),
    "mute_hour": Button("Mute for 1 hour", _mute(hours=1), _not_muted),
    "mute_day": Button("Mute for 1 day", _mute(days=1), _not_muted),
    "mute_week": Button("Mute for 7 days", _mute(days=7), _not_muted),
    "unmute": Button("Unmute", services.unmute_person, lambda person: person.is_muted),
    "ban": Button("Ban", services.ban_person, lambda person: not person.banned_at, loud=True),
    "unban": Button("Unban", services.unban_person, lambda person: person.banned_at is not None),
}


def fitting(buttons: dict[str, Button], target: Any) -> dict[str, Button]:
    return {name: button for name, button in buttons.items() if button.fits(target)}


def press(name: str, token: str, *, reason: str, by: User, item: FlaggedItem | None = None) -> Act:
    """Do what the button `name` says to the target that `token` names: a person's id, or what was seen of an item.

    Raises NotThere for a forged name or token, and what the service refuses.
    """
    if name in ON_ITEMS:
        target = _find(FlaggedItem, token.partition(":")[0])
        about = {"kind": target.kind, "item_id": target.item_id, "seen": token}
        return ON_ITEMS[name].service(reason=reason, by=by, **about)
    if name in ON_PEOPLE:
        return ON_PEOPLE[name].service(person=_find(User, token), reason=reason, by=by, item=item)
    raise NotThere


def _find(model: Any, key: str) -> Any:
    try:
        return model.objects.get(pk=UUID(key))
    except (ValueError, model.DoesNotExist):
        raise NotThere from None
