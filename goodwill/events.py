"""What open pages hear about points."""

from typing import ClassVar

from peerloop.core.realtime.event import Event


class Points(Event):
    """The listener's balance changed; goes to that person alone."""

    name: ClassVar[str] = "points"
    heard_by: ClassVar[str] = "the person's own pages"
    fragment: ClassVar[str] = "goodwill/_points.html"

    balance: int
