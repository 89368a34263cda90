"""A catalogue of declared things: events, notices, flag names, kinds of content. Declaring a name twice is an error."""

from collections.abc import Iterator
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Registry(Generic[Thing]):
    """Things by name, in the order in which they were declared."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._things: dict[str, Thing] = {}

    def add(self, name: str, thing: Thing) -> Thing:
        """Declare `thing` as `name`. Raises ValueError if the name is taken by another thing."""
        if self._things.setdefault(name, thing) is not thing:
            raise ValueError(f"The {self.noun} {name!r} is declared twice.")
        return thing

    def __getitem__(self, name: str) -> Thing:
        return self._things[name]

    def __contains__(self, name: str) -> bool:
        return name in self._things

    def __iter__(self) -> Iterator[tuple[str, Thing]]:
        return iter(self._things.items())
