"""A booking as a file that calendars read (RFC 5545), so that it is changed and taken out again under one name."""

from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from peerloop.core.accounts.models import User

from .models import Booking

STATUS = {"requested": "TENTATIVE", "accepted": "CONFIRMED", "held": "CONFIRMED", "missed": "CONFIRMED"}


def calendar_of(booking: Booking, viewer: User, *, address: str) -> bytes:
    """The calendar file of one of the two: METHOD PUBLISH, or CANCEL once it is called off. `address` is its page."""
    calendar = Calendar()
    calendar.add("prodid", "-//PeerLoop//Booked sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH" if booking.status in STATUS else "CANCEL")
    calendar.add_component(_event(booking, viewer, address))
    return calendar.to_ical()


def _event(booking: Booking, viewer: User, address: str) -> Event:
    event = Event()
    event.add("uid", f"{booking.pk}@peerloop")
    event.add("sequence", booking.sequence)
    event.add("dtstamp", booking.changed_at)
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    event.add("status", STATUS.get(booking.status, "CANCELLED"))
    event.add("summary", f"PeerLoop session with {booking.other(viewer)}")
    event.add("description", "\n\n".join(filter(None, [booking.course.title, booking.note, address])))
    event.add("url", address)
    name, mailbox = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = vCalAddress(f"mailto:{mailbox}")
    organizer.params["cn"] = vText(name)
    event["organizer"] = organizer
    return event
