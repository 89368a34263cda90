"""How often somebody may do something. Counted in the shared cache, so all processes count together.

While Redis is away nothing is counted and all is allowed: those who are limited here are signed in, and known by name.
"""

from peerloop.core.errors import TooFast
from peerloop.core.redis import shared


def wait_between(what: str, who: object, *, seconds: float, token: object = 1) -> None:
    """Allow `what` once per `seconds` for `who`; 0 or less allow all. Raises TooFast in between.

    The same `token` again is the same attempt repeated and passes.
    """
    key = _key(what, who)
    if seconds > 0 and not shared.add(key, str(token), seconds) and shared.get(key, str(token)) != str(token):
        raise TooFast


def at_most(what: str, who: object, *, times: int, seconds: int) -> None:
    """Allow `what` `times` times in a window of `seconds` that starts with the first. Raises TooFast beyond."""
    key = _key(what, who)
    shared.add(key, 0, seconds)
    try:
        count = shared.incr(key)
    except ValueError:  # the window ended between the two calls, or Redis is away
        return
    if count > times:
        raise TooFast


def _key(what: str, who: object) -> str:
    return f"limit:{what.replace(' ', '-')}:{who}"
