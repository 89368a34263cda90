"""Somebody is gone for good: what they asked for is withdrawn, what they took goes to others."""

from django.db import transaction
from django.db.models import Q

from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import system

from ..models import Claim, HelpRequest
from .claiming import give_back_claim
from .holding import end_abandoned
from .requesting import withdraw_request


@transaction.atomic
def close_all_of(*, user: User) -> None:
    """End the sessions of `user` without taking money, give back what waits, withdraw what was asked.

    Again there is nothing left to do.
    """
    own = Claim.objects.filter(Q(helper=user) | Q(request__requester=user))
    for claim_id in list(own.active().values_list("pk", flat=True)):
        end_abandoned(claim_id=claim_id, by=system())
    for session_id in list(Claim.objects.waiting().filter(helper=user).values_list("session_id", flat=True)):
        give_back_claim(session_id=session_id, by=system())
    for request_id in list(HelpRequest.objects.paid().live().filter(requester=user).values_list("pk", flat=True)):
        withdraw_request(request_id=request_id, by=system())
