"""What a moderator reads before deciding."""

from dataclasses import dataclass
from typing import Any

from peerloop.core.accounts.models import User

from .kinds import kinds
from .models import Act, Flag, FlaggedItem

ACTS_SHOWN = 20


@dataclass(frozen=True)
class Case:
    """One case with everything around it. `now` is the thing's text today, None once it is gone."""

    item: FlaggedItem
    now: str | None
    flags: list[Flag]
    history: list[Act]
    about_author: list[Act]
    newer: FlaggedItem | None
    next: FlaggedItem | None

    @property
    def changed(self) -> bool:
        return self.now is not None and self.now != self.item.text


def case_of(item: FlaggedItem) -> Case:
    cases = FlaggedItem.objects.about(item.kind, item.item_id)
    return Case(
        item=item,
        now=_text_now(item),
        flags=list(item.flags.select_related("reporter").order_by("pk")),
        history=list(Act.objects.with_people().filter(item__in=cases)[:ACTS_SHOWN]),
        about_author=acts_on(item.author),
        newer=cases.filter(pk__gt=item.pk).first(),
        next=FlaggedItem.objects.open().exclude(pk=item.pk).first(),
    )


def acts_on(person: User) -> list[Act]:
    """The newest acts about `person`, whatever they concerned."""
    return list(Act.objects.with_people().filter(person=person)[:ACTS_SHOWN])


def _text_now(item: FlaggedItem) -> str | None:
    if item.kind not in kinds:
        return None
    thing: Any = kinds[item.kind].load(item.item_id)
    return None if thing is None else kinds[item.kind].describe(thing)
