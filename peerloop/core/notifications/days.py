"""When it is a person's hour: their own clock decides, also on the days on which clocks change. No database."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from peerloop.core.accounts.models import User

# After a flight across the date line the day of the last mail may be the day after today.
DAYS_AHEAD = 4


def zone_of(user: User) -> tzinfo:
    """The zone of the account; UTC should this machine's list have dropped it."""
    try:
        return ZoneInfo(user.time_zone)
    except ZoneInfoNotFoundError:
        return UTC


def next_time(hour: int, *, zone: tzinfo, after: datetime, after_day: date | None = None) -> datetime:
    """The next moment at which it is `hour` o'clock in `zone`, once a day, and later than `after` and `after_day`.

    An hour that the clock skips comes when the clock has skipped it; of an hour that it shows twice, the first counts.
    """
    today = after.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD))
    moments = (_at(day, hour, zone) for day in days if after_day is None or day > after_day)
    return next(moment for moment in moments if moment > after)


def _at(day: date, hour: int, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
