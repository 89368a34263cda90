"""Names of groups: who hears an event. One function an audience; apps have theirs beside their events."""

from uuid import UUID

PAGES = ".pages"


def person(user_id: UUID) -> str:
    """The open pages of one person."""
    return f"person.{user_id}"


def pages(group: str) -> str:
    """The pages in `group`. Nothing is told to them alone: whoever listens here wants fragments drawn."""
    return group + PAGES


# Every process's hub listens here: orders to close sockets, and what goes to many groups at once.
CONTROL = "control"
