"""What a person takes along: their own lines of the ledger, their votes, and what they have shown to know."""

from typing import Any

from peerloop.core.accounts.exports import Export, exports
from peerloop.core.accounts.models import User

from .models import Entry, HelpfulVote, UserExpertise


def _rows(user: User) -> Any:
    own = Entry.objects.filter(account__user=user).order_by("pk")
    yield from own.values("created_at", "amount", "transaction__reason", "transaction__reference_id")


def _votes(user: User) -> Any:
    own = HelpfulVote.objects.filter(voter=user).order_by("pk")
    yield from own.values("created_at", "content_type", "content_id", "is_helpful")


def _expertise(user: User) -> Any:
    own = UserExpertise.objects.filter(user=user).order_by("pk")
    yield from own.values(
        "created_at", "category", "subcategory", "expertise_level", "evidence_type", "reputation_score"
    )


exports.add("goodwill", Export(_rows))
exports.add("votes", Export(_votes))
exports.add("expertise", Export(_expertise))
