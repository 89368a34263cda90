"""When a helper wants to be left alone, and what happens when that begins and ends."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.presence.errors import OnlyHelpers
from peerloop.core.presence.leases import EVERYWHERE, online
from peerloop.core.presence.permissions import can_set_availability

from ..errors import CapOutOfRange, HalfAQuietTime, QuietAllDay
from ..models import HelperLimits
from .availability import refresh_courses_of

# A sweep looks this far back, so that one which did not run is made good by the next.
LOOK_BACK = timedelta(seconds=60)


@transaction.atomic
def set_limits(
    *, user: User, quiet_from: time | None, quiet_until: time | None, daily_cap: int | None, by: User
) -> HelperLimits:
    """Keep when `user` does not want to be called, on the clock of their time zone. The same again changes nothing.

    Raises OnlyHelpers, HalfAQuietTime, QuietAllDay, CapOutOfRange (1 to PEERLOOP.DAILY_CAP_MAX sessions a day).
    """
    if not can_set_availability(by, user, available=True):
        raise OnlyHelpers
    if (quiet_from is None) != (quiet_until is None):
        raise HalfAQuietTime
    if quiet_from is not None and quiet_from == quiet_until:
        raise QuietAllDay
    if daily_cap is not None and not 1 <= daily_cap <= settings.PEERLOOP.DAILY_CAP_MAX:
        raise CapOutOfRange(most=settings.PEERLOOP.DAILY_CAP_MAX)
    given = {"quiet_from": quiet_from, "quiet_until": quiet_until, "daily_cap": daily_cap}
    limits, _ = HelperLimits.objects.update_or_create(user=user, defaults=given)
    transaction.on_commit(lambda: refresh_courses_of(user.pk))
    return limits


def refresh_resting() -> None:
    """Bring the sets up to date of helpers who are here and whose quiet hours, or day, began or ended just now.

    The clock tells nobody; everything else that makes somebody available or not is told as it happens.
    """
    now = timezone.now()
    here = online(EVERYWHERE)
    rows = HelperLimits.objects.filter(user__in=here, user__availability__is_available=True).select_related("user")
    refresh_courses_of(*[limits.user_id for limits in rows if _turns(limits, now)])


def _turns(limits: HelperLimits, now: datetime) -> bool:
    zone = ZoneInfo(limits.user.time_zone)
    before, after = (now - LOOK_BACK).astimezone(zone), now.astimezone(zone)
    if limits.is_quiet(before.time()) != limits.is_quiet(after.time()):
        return True
    return bool(limits.daily_cap) and before.date() != after.date()
