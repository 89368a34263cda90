"""The pages that the shell leads to. Each app adds its own in `ready()`; the shell draws what is there.

navigation.add("courses", "Courses", icon="journal-bookmark", places={"bar", "tab"}, order=20)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.urls import reverse

TABS = 4
Place = Literal["bar", "tab", "account", "foot"]


@dataclass(frozen=True)
class Entry:
    url_name: str
    label: str
    icon: str
    places: frozenset[Place]
    order: int
    shown_to: Callable[[Any], bool]

    @property
    def url(self) -> str:
        return reverse(self.url_name)


_entries: dict[str, Entry] = {}
_starts: dict[str, tuple[int, Callable[[Any], bool]]] = {}


def everyone(user: Any) -> bool:
    return True


def signed_in(user: Any) -> bool:
    return bool(user.is_authenticated)


def add(
    url_name: str,
    label: str,
    *,
    icon: str,
    places: set[Place],
    order: int = 100,
    shown_to: Callable[[Any], bool] = everyone,
) -> None:
    """Lead to the page named `url_name` (a URL without arguments) from these places of the shell.

    bar: the header of wide screens; tab: the tab bar of phones (the first four); account: the account menu;
    foot: the footer. What does not stand in the tab bar stands in the "More" sheet of phones.
    Adding a page a second time replaces the first.
    """
    _entries[url_name] = Entry(url_name, label, icon, frozenset(places), order, shown_to)


def start(url_name: str, *, order: int, shown_to: Callable[[Any], bool] = everyone) -> None:
    """Have the logo lead to the page named `url_name`, for whom nothing of a lower order is the start."""
    _starts[url_name] = (order, shown_to)


def start_of(user: Any) -> str:
    """Where the logo leads `user`, signed in or not."""
    names = sorted(_starts, key=lambda name: _starts[name][0])
    return next((reverse(name) for name in names if _starts[name][1](user)), "/")


def shown(user: Any) -> list[Entry]:
    """Every entry that `user` (signed in or not) may see, in order. Asks each `shown_to` once."""
    return sorted((each for each in _entries.values() if each.shown_to(user)), key=lambda each: each.order)


def at(place: Place | Literal["more"], entries: list[Entry]) -> list[Entry]:
    """Those of `entries` that stand at `place`; "more" is what the tab bar of phones leaves out."""
    tabs = [each for each in entries if "tab" in each.places][:TABS]
    if place == "tab":
        return tabs
    if place == "more":
        return [each for each in entries if each not in tabs]
    return [each for each in entries if place in each.places]
