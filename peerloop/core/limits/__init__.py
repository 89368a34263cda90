"""How often somebody may do something. Counted in the shared cache, so all processes count together.

While Redis is away nothing is counted and all is allowed: those who are limited here are signed in, and known by name.
"""

from collections.abc import Sequence

from redis.exceptions import RedisError

from peerloop.core.errors import TooFast
from peerloop.core.redis import shared
from peerloop.core.redis.line import line

Attempt = tuple[object, int]


def wait_between(what: str, who: object, *, seconds: float, token: int = 1) -> None:
    """Allow `what` once per `seconds`, whole ones, for `who`; less than one allows all. Raises TooFast in between.

    The same `token` again is the same attempt repeated and passes.
    """
    key = _key(what, who)
    if seconds >= 1 and not shared.add(key, token, seconds) and shared.get(key, token) != token:
        raise TooFast


async def too_soon(what: str, attempts: Sequence[Attempt], *, seconds: float) -> list[bool]:
    """The same for many attempts at once, each by whom and its token, from a coroutine: which of them must wait."""
    if seconds < 1:
        return [False] * len(attempts)
    keys = [shared.make_and_validate_key(_key(what, who)) for who, _ in attempts]
    tokens = [str(token).encode() for _, token in attempts]  # as the cache writes a number
    try:
        takings = [("SET", key, token, "NX", "EX", int(seconds)) for key, token in zip(keys, tokens, strict=True)]
        taken = await line().ask(*takings, again=False)
        held = [] if all(taken) else await line().ask(*[("GET", key) for key in keys], again=False)
    except RedisError:
        return [False] * len(attempts)
    return [
        not is_first and kept not in (None, token)
        for is_first, kept, token in zip(taken, held or tokens, tokens, strict=True)
    ]


def at_most(what: str, who: object, *, times: int, seconds: int) -> None:
    """Allow `what` `times` times in a window of `seconds` that starts with the first. Raises TooFast beyond."""
    if shared.count(_key(what, who), seconds) > times:
        raise TooFast


def _key(what: str, who: object) -> str:
    return f"limit:{what.replace(' ', '-')}:{who}"
