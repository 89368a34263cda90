"""The pages that the shell leads to. Each app adds its own in `ready()`; the shell draws what is there.

navigation.add("courses", "Courses", icon="journal-bookmark", places={"bar", "tab"}, order=20)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.urls import reverse

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
    foot: the footer. What a phone shows neither in its tabs nor in the account menu stands in its "More" sheet.
    Adding a page a second time replaces the first.
    """
    _entries[url_name] = Entry(url_name, label, icon, frozenset(places), order, shown_to)


def entries(place: Place | Literal["more"], user: Any) -> list[Entry]:
    """What `user` (signed in or not) sees at `place`, in order."""
    shown = sorted((each for each in _entries.values() if each.shown_to(user)), key=lambda each: each.order)
    tabs = [each for each in shown if "tab" in each.places][:4]
    if place == "tab":
        return tabs
    if place == "more":
        return [each for each in shown if each not in tabs]
    return [each for each in shown if place in each.places]
