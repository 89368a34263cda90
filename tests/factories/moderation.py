"""A small kind of thing to report: notes on a wall that everybody but Oskar may read."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from peerloop.core.accounts.models import User
from peerloop.core.moderation.kinds import FlaggableKind, Line, kinds

WHEN = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class Note:
    author: User
    text: str
    hidden: bool = False
    pk: UUID = field(default_factory=uuid4)


class Wall:
    """The app that notes belong to. It remembers what it was told to do."""

    def __init__(self) -> None:
        self.notes: dict[UUID, Note] = {}
        self.told: list[tuple[str, str]] = []

    def pin(self, author: User, text: str = "Selling my leftover paints.") -> Note:
        note = Note(author, text)
        self.notes[note.pk] = note
        return note

    def set_hidden(self, note: Note, by: User, hidden: bool) -> None:
        note.hidden = hidden
        self.told.append(("hide" if hidden else "restore", by.username))

    def lines(self, note: Note) -> list[Line]:
        return [
            Line(author="Mei Tan", text="What stood before.", at=WHEN),
            Line(author=str(note.author), text=note.text, at=WHEN, flagged=True, pictures=["/files/1/thumb"]),
            Line(author="Sam Whitlock", text="<script>What stood after.</script>", at=WHEN),
        ]

    def kind(self) -> FlaggableKind:
        return FlaggableKind(
            name="note",
            label="Note",
            load=self.notes.get,
            may_see=lambda user, note: user.is_staff or (user.username != "oskar" and not note.hidden),
            describe=lambda note: note.text,
            context=self.lines,
            author=lambda note: note.author,
            address=lambda note: f"/wall#{note.pk}",
            hide=lambda note, by: self.set_hidden(note, by, hidden=True),
            restore=lambda note, by: self.set_hidden(note, by, hidden=False),
        )


@pytest.fixture
def wall(monkeypatch) -> Wall:
    """Where notes hang; `wall.pin(ben)` is a note of Ben's. The only kind that can be reported in this test."""
    found = Wall()
    monkeypatch.setattr(kinds, "_things", {})
    kinds.add("note", found.kind())
    return found
