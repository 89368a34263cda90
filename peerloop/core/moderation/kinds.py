"""What can be flagged. Each app declares its kinds in `ready()`: `declare(FlaggableKind(name="chat_message", ...))`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from peerloop.core.accounts.models import User
from peerloop.core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of what a moderator reads: the flagged thing itself (`flagged`), or what stands before or after it."""

    author: str
    text: str
    at: datetime
    flagged: bool = False
    pictures: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class FlaggableKind:
    """`load(id)` answers the thing, hidden or not, or None once it is gone; all else is asked about the loaded thing.

    `describe` gives its text; a report on a decided case opens it again only if that changed. `context` gives the
    thing and its neighbours, oldest first. `hide(thing, by)` and `restore(thing, by)` are the app's own services.
    """

    name: str
    label: str
    load: Callable[[UUID], Any]
    may_see: Callable[[User, Any], bool]
    describe: Callable[[Any], str]
    context: Callable[[Any], Sequence[Line]]
    author: Callable[[Any], User]
    address: Callable[[Any], str]
    hide: Callable[[Any, User], object]
    restore: Callable[[Any, User], object]


kinds: Registry[FlaggableKind] = Registry("flaggable kind")


def declare(kind: FlaggableKind) -> FlaggableKind:
    """Let things of `kind` be flagged. Raises ValueError if another kind has its name."""
    return kinds.add(kind.name, kind)
