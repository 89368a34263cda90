"""How often somebody may do something. Counted in the shared cache, so all processes count together."""

from django.core.cache import cache

from peerloop.core.errors import TooFast


def wait_between(what: str, who: object, *, seconds: float) -> None:
    """Allow `what` once per `seconds` for `who`. Raises TooFast in between. `seconds` of 0 or less allow all."""
    if seconds > 0 and not cache.add(f"limit:{what}:{who}", 1, timeout=seconds):
        raise TooFast


def at_most(what: str, who: object, *, times: int, seconds: int) -> None:
    """Allow `what` `times` times in a window of `seconds` that starts with the first. Raises TooFast beyond."""
    key = f"limit:{what}:{who}"
    cache.add(key, 0, timeout=seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # the window ended between the two calls
        return
    if count > times:
        raise TooFast
