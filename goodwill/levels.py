"""Which level a reputation score comes to."""

from django.conf import settings

from .models import UserExpertise

Level = UserExpertise.Level


def level_of(score: int) -> Level:
    """The highest level whose score is reached; whoever is below all of them is a novice."""
    product = settings.PEERLOOP
    steps = (
        (Level.MASTER, product.EXPERTISE_MASTER),
        (Level.EXPERT, product.EXPERTISE_EXPERT),
        (Level.INTERMEDIATE, product.EXPERTISE_INTERMEDIATE),
    )
    return next((level for level, least in steps if score >= least), Level.NOVICE)
