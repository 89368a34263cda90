"""A small kind of thing to vote on: tips on a board, which everybody but Oskar may read."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from goodwill.areas import Area
from goodwill.models import UserExpertise
from goodwill.services import vote_helpful
from goodwill.votables import Votable, votables
from peerloop.core.accounts.models import User


@dataclass
class Tip:
    author: User
    area: Area | None
    helpful: int = 0
    worth: int = 0
    pk: UUID = field(default_factory=uuid4)


class Board(dict[UUID, Tip]):
    """The app that tips belong to."""

    def pin(self, author: User, category: str = "painting", subcategory: str = "") -> Tip:
        tip = Tip(author, Area.of(category, subcategory))
        self[tip.pk] = tip
        return tip

    def votable(self) -> Votable:
        return Votable(
            name="help_response",
            evidence=UserExpertise.Kind.HELP_RESPONSES,
            lock=self.get,
            may_see=lambda user, _tip: user.username != "oskar",
            author_id=lambda tip: tip.author.pk,
            area=lambda tip: tip.area,
            worth=lambda tip: tip.worth,
            counted=lambda tip, helpful: setattr(tip, "helpful", helpful),
        )


@pytest.fixture
def things(monkeypatch) -> Board:
    """Where tips hang; the only kind that can be voted on in this test."""
    board = Board()
    monkeypatch.setattr(votables, "_things", {})
    votables.add("help_response", board.votable())
    return board


@pytest.fixture
def thing(things, ben) -> Tip:
    """A tip of Ben's about painting."""
    return things.pin(ben)


@pytest.fixture
def another(things, ben) -> Tip:
    """Another tip of Ben's about painting."""
    return things.pin(ben)


@pytest.fixture
def vote():
    """`vote(ada, thing, False)`: Ada says that the thing did not help."""

    def say(voter: User, thing: Tip, is_helpful: bool = True):
        return vote_helpful(content_type="help_response", content_id=thing.pk, is_helpful=is_helpful, by=voter)

    return say
