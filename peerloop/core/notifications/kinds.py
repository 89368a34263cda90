"""What people can be told about. Each app declares its kinds in its own `notifications.py`, imported in `ready()`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from peerloop.core.registry import Registry

if TYPE_CHECKING:
    from peerloop.core.accounts.models import User

    from .models import Notification

kinds: Registry["Kind"] = Registry("notice")


# News of yesterday is not worth a mail, nor a push.
WORTH_SENDING = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Action:
    """A button beside a push. Pressing it POSTs to `address`, which must prove by itself for whom it is.

    The address answers `{"url": …, "title": …}`, where the person goes on, `{}`, or `{"error": sentence}`.
    """

    name: str
    label: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Push:
    """How a notice is pushed: until when it is of use, and what can be done from the lock screen.

    An urgent one wakes a sleeping phone, and stays until somebody looks at it.
    """

    until: datetime
    # Where a press on it leads; empty: to what the notice leads to.
    url: str = ""
    actions: tuple[Action, ...] = ()
    is_urgent: bool = False


def for_a_day(notification: "Notification") -> Push:
    return Push(until=notification.created_at + WORTH_SENDING)


def everybody(user: "User") -> bool:
    return True


def still_open_to_them(notification: "Notification") -> bool:
    """Nothing can have been withdrawn from the recipient meanwhile."""
    return True


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`label` stands in the preferences, "Tell me about …".

    `title` is a sentence with places, `{by}` (the actor's name) or any name in the notification's `data`, or a
    function of the notification. So is `icon` (a name of Bootstrap Icons). `tone` is the colour word of the design.
    `can_wait` says that it is still of use in a mail that comes once a day. `is_for(user)` says whose preferences it
    stands in.
    `may_mail(notification)` is asked right before a mail or a push leaves: False if the recipient may no longer see the
    thing. `push(notification)` says then how it is pushed.
    """

    name: str
    label: str
    title: "str | Callable[[Notification], str]"
    icon: "str | Callable[[Notification], str]" = "bell"
    tone: str = ""
    email_default: bool = False
    push_default: bool = False
    can_wait: bool = True
    is_for: "Callable[[User], bool]" = everybody
    may_mail: "Callable[[Notification], bool]" = still_open_to_them
    push: "Callable[[Notification], Push]" = for_a_day


def declare(kind: Kind) -> Kind:
    """Allow notifications of `kind`. Raises ValueError if another kind has its name."""
    return kinds.add(kind.name, kind)


# What rows of a kind whose app was taken out look like.
FORGOTTEN = Kind(name="", label="", title="News from PeerLoop")


def kind_of(name: str) -> Kind:
    try:
        return kinds[name]
    except KeyError:
        return FORGOTTEN
