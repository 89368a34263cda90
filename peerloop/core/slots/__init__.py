"""How an upper app puts a piece into a lower app's page without the lower app knowing it.

Below: `{% slot "chat.room.actions" room=room %}`. Above, in `ready()`:
`slots.fill("chat.room.actions", "helpdesk/summons/_button.html")`.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

Context = dict[str, Any]


class Filling(NamedTuple):
    order: int
    template: str
    context: Callable[[Any, Context], Context | None] | None


_fillings: dict[str, list[Filling]] = defaultdict(list)


def fill(
    slot: str,
    template: str,
    *,
    context: Callable[[Any, Context], Context | None] | None = None,
    order: int = 100,
) -> None:
    """Show `template` wherever `slot` stands, lower `order` first.

    `context(request, given)` may add variables to what the slot gives, or return None to show nothing this time.
    Filling the same slot with the same template twice is harmless.
    """
    filling = Filling(order, template, context)
    if filling not in _fillings[slot]:
        _fillings[slot].append(filling)
        _fillings[slot].sort(key=lambda each: (each.order, each.template))


def fillings(slot: str) -> list[Filling]:
    """What stands in `slot`, in order; empty if no app filled it."""
    return _fillings.get(slot, [])
