"""Voting a thing helpful or not. Counts and reputation are always read anew from the votes, never added to."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from peerloop.core.accounts.models import User

from ..errors import OwnContent, VoteOnNothing
from ..models import HelpfulVote
from ..permissions import can_vote
from ..votables import Votable, votables
from .expertise import Contribution, record_evidence


@transaction.atomic
def vote_helpful(*, content_type: str, content_id: UUID, by: User, is_helpful: bool = True) -> HelpfulVote:
    """Say whether a thing helped. Voting again changes the vote; the same again changes nothing.

    Raises VoteOnNothing (gone, or not for `by` to see) and OwnContent. Raises KeyError for an undeclared kind.
    """
    votable, thing = _locked(content_type, content_id, by)
    if not can_vote(by, votable.author_id(thing)):
        raise OwnContent
    vote, _ = HelpfulVote.objects.update_or_create(
        content_type=content_type, content_id=content_id, voter=by, defaults={"is_helpful": is_helpful}
    )
    _settle(votable, [(content_id, thing)], by)
    return vote


@transaction.atomic
def take_back_vote(*, content_type: str, content_id: UUID, by: User) -> None:
    """Have no opinion any more. Without a vote of `by` it changes nothing. Raises VoteOnNothing."""
    votable, thing = _locked(content_type, content_id, by)
    HelpfulVote.objects.filter(content_type=content_type, content_id=content_id, voter=by).delete()
    _settle(votable, [(content_id, thing)], by)


@transaction.atomic
def recount_votes(*, content_type: str, content_ids: Iterable[UUID], by: User) -> None:
    """Settle counts and reputation after the things themselves changed: solved, hidden, of another category, new.

    Things that are gone are evidence of nothing any more. Again changes nothing.
    """
    votable = votables[content_type]
    _settle(votable, [(content_id, votable.lock(content_id)) for content_id in sorted(content_ids)], by)


def _locked(content_type: str, content_id: UUID, by: User) -> tuple[Votable, Any]:
    votable = votables[content_type]
    thing = votable.lock(content_id)
    if thing is None or not votable.may_see(by, thing):
        raise VoteOnNothing
    return votable, thing


def _settle(votable: Votable, things: list[tuple[UUID, Any]], by: User) -> None:
    counts = _counts(votable.name, [content_id for content_id, _ in things])
    contributions = []
    for content_id, thing in things:
        helpful, unhelpful = counts.get(content_id, (0, 0))
        area = None if thing is None else votable.area(thing)
        points = 0 if thing is None else _points(helpful, unhelpful) + votable.worth(thing)
        author_id = None if thing is None else votable.author_id(thing)
        contributions.append(Contribution(content_id, votable.evidence, author_id, area, points))
        if thing is not None:
            votable.counted(thing, helpful)
    record_evidence(contributions=contributions, by=by)


def _counts(content_type: str, content_ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    votes = HelpfulVote.objects.about(content_type, content_ids).order_by().values("content_id")
    yes = Count("pk", filter=Q(is_helpful=True))
    rows = votes.annotate(yes=yes, no=Count("pk", filter=Q(is_helpful=False)))
    return {row["content_id"]: (row["yes"], row["no"]) for row in rows}


def _points(helpful: int, unhelpful: int) -> int:
    product = settings.PEERLOOP
    return helpful * product.REPUTATION_HELPFUL_VOTE + unhelpful * product.REPUTATION_UNHELPFUL_VOTE
