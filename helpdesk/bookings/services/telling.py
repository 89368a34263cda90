"""Who is told of what, each at the time on their own clock. All after commit, each thing once."""

from datetime import datetime

from peerloop.core.accounts.models import User
from peerloop.core.notifications.services import notify, withdraw

from ..models import Booking
from ..times import day_and_time, zone_of


def tell(booking: Booking, news: str, *, to: User, by: User | None, description: str = "") -> None:
    """Tell one of the two what happened."""
    notify(
        kind="booking",
        to=[to.pk],
        by=by,
        description=description or booking.course.title,
        target=booking.get_absolute_url(),
        key=key_of(booking, news),
        data={"news": news, "when": when_for(booking, to)},
        request_id=booking.pk,
    )


def tell_reminder(booking: Booking, due: datetime) -> None:
    """Remind both, of each other."""
    for person in (booking.student, booking.helper):
        notify(
            kind="booking_reminder",
            to=[person.pk],
            by=booking.other(person),
            description=booking.note or booking.course.title,
            target=booking.get_absolute_url(),
            key=reminder_key(booking, due),
            data={"when": when_for(booking, person)},
            request_id=booking.pk,
        )


def tell_started(booking: Booking, *, by: User) -> None:
    """Tell the other one that the session has begun."""
    if booking.summons is None:
        return
    notify(
        kind="booking_started",
        to=[booking.other(by).pk],
        by=by,
        description=booking.note or booking.course.title,
        target=booking.summons.get_absolute_url(),
        key=f"booking:started:{booking.summons.pk}",
        request_id=booking.pk,
    )


def take_back(booking: Booking) -> None:
    """A request that was answered or is over does not wait in a bell, nor does a reminder of it."""
    reminders = [reminder_key(booking, due) for due in booking.reminders()]
    withdraw(keys=[key_of(booking, "requested"), *reminders])


def reminder_key(booking: Booking, due: datetime) -> str:
    return key_of(booking, f"reminder-{due:%Y%m%d%H%M}")


def key_of(booking: Booking, news: str) -> str:
    return f"booking:{news}:{booking.pk}"


def when_for(booking: Booking, person: User) -> str:
    return day_and_time(booking.starts_at, zone_of(person))
