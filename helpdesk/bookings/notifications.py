"""What the two people of a booking are told, in the bell and by mail."""

from datetime import timedelta

from django.conf import settings

from peerloop.core.notifications.kinds import Kind, Push, declare
from peerloop.core.notifications.models import NAMELESS, Notification

from ..summons.models import HelpSummons
from .models import Booking

# By what happened: the sentence, and in which states of the booking it is still worth a mail.
NEWS = {
    "requested": ("{by} asks you for a session on {when}", {"requested"}),
    "accepted": ("{by} accepted your session on {when}", {"accepted", "held"}),
    "declined": ("{by} cannot meet you on {when}", {"declined"}),
    "cancelled": ("{by} cancelled the session on {when}", {"cancelled"}),
    "expired": ("Nobody answered your request for {when}", {"expired"}),
}


def news(notification: Notification) -> str:
    """What happened to a booking: asked, accepted, declined, cancelled or not answered, and for when."""
    name = notification.by.display_name if notification.by else NAMELESS
    return NEWS[notification.data["news"]][0].format(by=name, when=notification.data["when"])


def id_in(notification: Notification) -> str:
    """What the notice is about: the last part of its key."""
    return notification.key.rpartition(":")[2]


def still_so(notification: Notification) -> bool:
    """The booking still stands as the notice says."""
    states = NEWS[notification.data["news"]][1]
    return Booking.objects.filter(pk=id_in(notification), status__in=states).exists()


def still_agreed(notification: Notification) -> bool:
    return Booking.objects.ahead().filter(pk=id_in(notification), status="accepted").exists()


def at_once(notification: Notification) -> Push:
    """Somebody sits there and waits: of use only while the session can last."""
    length = timedelta(minutes=settings.PEERLOOP.BOOKING_MINUTES)
    return Push(until=notification.created_at + length, is_urgent=True)


def still_running(notification: Notification) -> bool:
    return HelpSummons.objects.filter(pk=id_in(notification), status="accepted").exists()


declare(
    Kind(
        name="booking",
        label="Sessions that are booked, answered or cancelled",
        title=news,
        icon="calendar-event",
        tone="plum",
        email_default=True,
        push_default=True,
        may_mail=still_so,
    )
)
declare(
    Kind(
        name="booking_reminder",
        label="Reminders of booked sessions",
        title="Your session with {by} is on {when}",
        icon="alarm",
        tone="honey",
        email_default=True,
        push_default=True,
        can_wait=False,
        may_mail=still_agreed,
    )
)
declare(
    Kind(
        name="booking_started",
        label="Booked sessions that the other one starts",
        title="{by} has started your session",
        icon="calendar-check",
        tone="fern",
        email_default=True,
        push_default=True,
        can_wait=False,
        may_mail=still_running,
        push=at_once,
    )
)
