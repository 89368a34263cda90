"""What people choose to be told about."""

from django.http import QueryDict

from peerloop.core.accounts.models import User

from .errors import NotAnHour
from .kinds import kinds
from .queries import DAILY, EMAIL, PUSH, SITE, Mail


def chosen(posted: QueryDict, user: User) -> dict[tuple[str, str], bool]:
    """The choice for every kind shown to `user`, and channel: a ticked box is there, one that was cleared is not."""
    shown = [name for name, kind in kinds if kind.is_for(user)]
    found: dict[tuple[str, str], bool] = {
        (name, channel): f"{name}.{channel}" in posted for name in shown for channel in (SITE, PUSH)
    }
    for name in shown:
        mail = posted.get(f"{name}.email", Mail.NEVER)
        found[name, EMAIL], found[name, DAILY] = mail != Mail.NEVER, mail == Mail.DAILY
    return found


def digest_hour(posted: QueryDict) -> int | None:
    """The hour of the daily mail, if the form has one. Raises NotAnHour."""
    given = posted.get("digest_hour")
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and int(given) < 24):
        raise NotAnHour
    return int(given)
