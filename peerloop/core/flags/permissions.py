"""The one question of this app."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser

from peerloop.core.accounts.models import User
from peerloop.core.redis import shared

from .features import features
from .memory import memory
from .models import Flag

# Changes with every saved flag, in all processes at once; answers about a person that carry another one are void.
GENERATION = "flags:generation"
SECONDS = 60
Viewer = User | AnonymousUser


def can_access(user: Viewer, name: str) -> bool:
    """Whether the feature `name`, and everything it needs, is on for `user` (a visitor counts as "everyone").

    Costs no query while all is on for everybody and this process remembers that. Otherwise one a minute finds out
    what `user` was chosen for. An undeclared name is a mistake in the program: KeyError.
    """
    return _on_with_needs(name, _switched_off(user))


def _on_with_needs(name: str, off: Iterable[str]) -> bool:
    return name not in off and all(_on_with_needs(need, off) for need in features[name].needs)


def _switched_off(user: Viewer) -> list[str]:
    limited = [flag.name for flag in memory.flags() if not flag.everyone]
    return _not_chosen(user) if limited and isinstance(user, User) else limited


def _not_chosen(user: User) -> list[str]:
    key = f"flags:{user.pk}"
    found = shared.get_many([GENERATION, key])
    generation = found.get(GENERATION)
    if key in found and found[key][0] == generation:
        known: list[str] = found[key][1]
        return known
    off = [flag.name for flag in Flag.objects.seen_by(user) if not _is_on(flag, user)]
    shared.set(key, (generation, off), SECONDS)
    return off


def _is_on(flag: Flag, user: User) -> bool:
    return flag.everyone or flag.chosen or flag.draws(user)  # type: ignore[attr-defined]
