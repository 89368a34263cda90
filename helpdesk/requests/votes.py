"""Responses can be voted helpful."""

from goodwill.models import HelpfulVote, UserExpertise
from goodwill.votables import Votable, declare

from .services import counting

declare(
    Votable(
        name=HelpfulVote.Content.HELP_RESPONSE,
        evidence=UserExpertise.Kind.HELP_RESPONSES,
        lock=counting.locked_for_vote,
        may_see=counting.may_see,
        author_id=lambda response: response.responder_id,
        area=counting.area_of,
        worth=counting.worth_of,
        counted=counting.store_count,
    )
)
