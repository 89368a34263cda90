"""What presence refuses."""

from peerloop.core.errors import NotAllowed


class OnlyHelpers(NotAllowed):
    text = "Only helpers can be available to help."
