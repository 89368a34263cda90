"""The order in which everybody locks: the payment, its request, the claim, its session.

What the provider says comes to a request from under its payment's lock; who took the two the other way round would wait
for that, and that for them.
"""

from uuid import UUID

from peerloop.core.payments.models import Payment

from ..errors import RequestNotThere
from ..models import Claim, HelpRequest
from ..queries.paid import PURPOSE


def locked_with_payment(request_id: UUID) -> HelpRequest:
    """The paid request, for whoever may have to ask for its money or to let go of it. Raises RequestNotThere."""
    list(Payment.objects.select_for_update().filter(purpose=PURPOSE, subject_id=request_id).order_by("pk"))
    return locked(request_id)


def locked(request_id: UUID) -> HelpRequest:
    """The paid request, for whoever leaves its payment alone or holds that already. Raises RequestNotThere."""
    request = HelpRequest.objects.paid().select_for_update(of=("self",)).filter(pk=request_id).first()
    if request is None:
        raise RequestNotThere
    return request


def live_claim(request: HelpRequest) -> Claim | None:
    """The live claim of a locked request: nobody else changes it now."""
    claim = Claim.objects.live().with_all().filter(request=request.pk).first()
    if claim:
        claim.request = request
    return claim
