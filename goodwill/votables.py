"""What can be voted helpful. The apps above declare their things here; goodwill knows them by these words alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from peerloop.core.accounts.models import User
from peerloop.core.registry import Registry

from .areas import Area
from .models import UserExpertise

votables: Registry["Votable"] = Registry("votable kind")


@dataclass(frozen=True, kw_only=True)
class Votable:
    """`name` is one of HelpfulVote.Content. `lock(id)` answers the thing with its row locked, or None once it is gone.

    All else is asked about the locked thing, in the same transaction: who wrote it, the `area` it is evidence in (None:
    in none, because it is hidden), what it is `worth` beside its votes. `counted(thing, helpful)` stores the count.
    """

    name: str
    evidence: UserExpertise.Kind
    lock: Callable[[UUID], Any]
    may_see: Callable[[User, Any], bool]
    author_id: Callable[[Any], UUID]
    area: Callable[[Any], Area | None]
    worth: Callable[[Any], int]
    counted: Callable[[Any, int], None]


def declare(votable: Votable) -> Votable:
    """Let things of this kind be voted on, from its app's `ready()`. Raises ValueError if the name is taken."""
    return votables.add(votable.name, votable)
