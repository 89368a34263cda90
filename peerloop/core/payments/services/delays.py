"""When what did not work at the provider is tried again: each time a little later."""

from datetime import datetime, timedelta

from django.utils import timezone

LONGEST = timedelta(hours=1)


def next_try(tries: int) -> datetime:
    """After the first failure in a minute, then in two, four and so on, at most an hour later."""
    return timezone.now() + min(LONGEST, timedelta(minutes=2 ** min(tries - 1, 6)))
