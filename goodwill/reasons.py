"""Why points may be given. The apps above declare their reasons here; nothing else moves points."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from peerloop.core.accounts.models import User
from peerloop.core.registry import Registry

from .models import STARTING_BALANCE, Transaction

reasons: Registry["Reason"] = Registry("reason")


def nothing(transaction: Transaction) -> None:
    """Nothing more happens after the award."""


def history(reference_id: UUID) -> str:
    return reverse("goodwill_history")


@dataclass(frozen=True, kw_only=True)
class Reason:
    """`check(by, recipient_id, points, reference_id)` raises a Refusal unless this award may be made.

    It runs under the lock of both balances, as `awarded(transaction)` does after the award was written, in the same
    database transaction. `least` to `most` points may be given, `default` when none are named. `label` says in the
    history what the points were for, `earn` on the page of ways to earn how one gets them (empty: not listed there).
    `target(reference_id)` is the address of the thing thanked for; it must not ask the database.
    """

    name: str
    label: str
    least: int
    most: int
    default: int
    check: Callable[[User, UUID, int, UUID], None]
    awarded: Callable[[Transaction], None] = nothing
    target: Callable[[UUID], str] = history
    earn: str = ""


def declare(reason: Reason) -> Reason:
    """Allow awards for `reason`, from its app's `ready()`. Raises ValueError if the name is taken."""
    return reasons.add(reason.name, reason)


def label_of(name: str) -> str:
    """What points booked under `name` were for, also when its app has since been taken out."""
    if name == STARTING_BALANCE:
        return "Welcome to PeerLoop"
    return reasons[name].label if name in reasons else name.replace("_", " ").capitalize()
