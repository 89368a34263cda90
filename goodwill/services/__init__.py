"""The verbs of goodwill, by noun."""

from .expertise import forget_expertise, record_evidence, unverify_expertise, verify_expertise
from .points import award_points, open_account, publish_balances
from .votes import recount_votes, take_back_vote, vote_helpful

__all__ = [
    "award_points",
    "forget_expertise",
    "open_account",
    "publish_balances",
    "record_evidence",
    "recount_votes",
    "take_back_vote",
    "unverify_expertise",
    "verify_expertise",
    "vote_helpful",
]
