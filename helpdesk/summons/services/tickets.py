"""Answering from the lock screen: a ticket stands for one offer to one helper, and is good once.

It is good on the helper's own devices alone: whoever signs out there, or turns push off, cannot use it any more.
"""

from uuid import UUID

from django.db import transaction

from peerloop.core.push.models import PushDevice

from ..errors import OfferNotThere, OfferUsed
from ..models import HelpSummons, SummonsOffer
from ..tickets import offer_id_of
from .answering import accept_summons
from .offers import decline_offer


@transaction.atomic
def accept_with_ticket(*, ticket: str, device_id: UUID) -> HelpSummons:
    """Answer the summons of this offer as its helper. A second time is refused, also on another device.

    Raises OfferNotThere, OfferUsed, and what accept_summons raises; then nothing has changed.
    """
    offer = _unused(ticket, device_id)
    return accept_summons(summons_id=offer.summons_id, by=offer.helper)


@transaction.atomic
def decline_with_ticket(*, ticket: str, device_id: UUID) -> SummonsOffer:
    """Say "Not now" as the helper of this offer. A second time is refused.

    Raises OfferNotThere, OfferUsed, and what decline_offer raises; then nothing has changed.
    """
    offer = _unused(ticket, device_id)
    return decline_offer(summons_id=offer.summons_id, by=offer.helper)


def _unused(ticket: str, device_id: UUID) -> SummonsOffer:
    offers = SummonsOffer.objects.select_related("helper").filter(pk=offer_id_of(ticket), helper__is_active=True)
    offer = offers.first()
    if offer is None or not PushDevice.objects.visible_to(offer.helper).filter(pk=device_id).exists():
        raise OfferNotThere
    # Locked before the offer is looked at, as every answer does: of two devices at once the second finds it used.
    HelpSummons.objects.select_for_update().get(pk=offer.summons_id)
    offer.refresh_from_db(fields=["answer"])
    if offer.answer:
        raise OfferUsed
    return offer
