"""Names of groups: who may hear an event. One function per audience that core knows; apps add theirs beside their events."""

from uuid import UUID


def person(user_id: UUID) -> str:
    """The open pages of one person."""
    return f"person.{user_id}"


# Every process's hub listens here: orders to close sockets.
CONTROL = "control"
