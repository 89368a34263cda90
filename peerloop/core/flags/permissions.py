"""The one question of this app."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache

from peerloop.core.accounts.models import User

from .features import features
from .models import Flag

# Changes with every saved flag, in all processes at once; answers that carry another generation are void.
GENERATION = "flags:generation"
SECONDS = 60
Viewer = User | AnonymousUser


def can_access(user: Viewer, name: str) -> bool:
    """Whether the feature `name`, and everything it needs, is on for `user` (a visitor counts as "everyone").

    Costs one query at most, and none while the answer of the last minute holds. An undeclared name is a mistake in
    the program: KeyError.
    """
    return _on_with_needs(name, _switched_off(user))


def _on_with_needs(name: str, off: Iterable[str]) -> bool:
    return name not in off and all(_on_with_needs(need, off) for need in features[name].needs)


def _switched_off(user: Viewer) -> list[str]:
    key = f"flags:{user.pk or 'visitor'}"
    found = cache.get_many([GENERATION, key])
    generation = found.get(GENERATION)
    if key in found and found[key][0] == generation:
        known: list[str] = found[key][1]
        return known
    off = [flag.name for flag in _flags(user) if not _is_on(flag, user)]
    cache.set(key, (generation, off), SECONDS)
    return off


def _flags(user: Viewer) -> Iterable[Flag]:
    return Flag.objects.seen_by(user) if isinstance(user, User) else Flag.objects.all()


def _is_on(flag: Flag, user: Viewer) -> bool:
    if flag.everyone or not isinstance(user, User):
        return flag.everyone
    return flag.chosen or flag.draws(user)  # type: ignore[attr-defined]
