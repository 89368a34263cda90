"""What the apps let people do from any page, on the socket that is open there anyway: no request has to be built up."""

from collections.abc import Callable
from typing import Any, TypeVar

from peerloop.core.accounts.models import User
from peerloop.core.realtime.consumers import Command


class Deed(Command):
    """A command of everybody's socket. `do` is called in a thread.

    `by` is as old as the last `ping`. Who was banned or signed out meanwhile is not connected any more; what else may
    have changed and matters, the service reads.
    """

    def do(self, by: User) -> dict[str, Any]:
        """Call the service; what the client reads of it. Raises a refusal."""
        raise NotImplementedError


AnyDeed = TypeVar("AnyDeed", bound=type[Deed])
deeds: dict[str, type[Command]] = {}


def deed(name: str) -> Callable[[AnyDeed], AnyDeed]:
    """Declare a deed under the `type` of its frames. Raises ValueError if that is taken."""

    def declare(declared: AnyDeed) -> AnyDeed:
        if deeds.setdefault(name, declared) is not declared:
            raise ValueError(f"The deed {name!r} is declared twice.")
        return declared

    return declare
