"""A word that proves by itself which helper may answer which summons: a locked phone cannot sign in."""

from uuid import UUID

from django.core import signing

from .errors import OfferNotThere
from .models import SummonsOffer

SALT = "helpdesk.summons.offer"


def ticket_of(offer: SummonsOffer) -> str:
    return signing.dumps(offer.pk.hex, salt=SALT)


def offer_id_of(ticket: str) -> UUID:
    """Raises OfferNotThere for what we have not signed. How long it is good, the summons' own deadline decides."""
    try:
        return UUID(hex=signing.loads(ticket, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise OfferNotThere from None
