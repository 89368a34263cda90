"""Pages by key: "the N after this one". The cost does not grow with how far one has paged."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from peerloop.core.errors import Invalid

Row = TypeVar("Row", bound=Model)


class BadCursor(Invalid):
    text = "That page address is damaged. Open the list from its start."


@dataclass(frozen=True)
class Page(Generic[Row]):
    """`rows` newest first; `older` is the cursor of the next page, or None at the end."""

    rows: list[Row]
    older: str | None


def newest_first(rows: QuerySet[Row], *, before: str | None, size: int) -> Page[Row]:
    """The page of `rows` older than the cursor `before` (the first page without one), by their time-ordered id."""
    if before:
        try:
            rows = rows.filter(pk__lt=UUID(before))
        except ValueError:
            raise BadCursor from None
    found = list(rows.order_by("-pk")[: size + 1])
    return Page(found[:size], str(found[size - 1].pk) if len(found) > size else None)
