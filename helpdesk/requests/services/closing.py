"""What every way out of a paid request shares: its claim ends, it says why it is over, its money is let go."""

from datetime import datetime
from uuid import UUID

import structlog
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.payments.errors import AlreadyCaptured, BeingCaptured
from peerloop.core.payments.services.wishes import ask_release

from ...sessions.services.lifecycle import end_session
from ..models import Claim, HelpRequest
from ..queries.paid import payment_of
from .locking import live_claim
from .telling import OVER, tell_customer, tell_helper, tell_taken, tell_updated

log = structlog.get_logger(__name__)
Ending, Status = HelpRequest.Ending, HelpRequest.Status
# Of these the customer hears in a notice of its own; the others are the customer's own deed or are told as they happen.
TOLD = {Ending.UNCLAIMED, Ending.ABANDONED, Ending.HOLD_ENDED}


def close(request: HelpRequest, ending: HelpRequest.Ending, *, by: User) -> None:
    """End a request that did not come to a completed session. Its row, and its payment's, must be locked."""
    claim = live_claim(request)
    if claim:
        end_claim(claim, Claim.Status.CALLED_OFF, by=by)
        request.assigned_helper = None
        tell_helper(claim, "called_off")
    finish(request, ending)
    # Told first: what comes of the money is news after this.
    tell_over(request, claim)
    let_go(request, by=by)


def end_claim(
    claim: Claim, status: Claim.Status, *, by: User, at: datetime | None = None, outcome: str = "", notes: str = ""
) -> None:
    """End a live claim together with its session."""
    claim.session = end_session(session_id=claim.session_id, by=by, at=at, outcome=outcome, notes=notes)
    claim.status, claim.ended_at = status, timezone.now()
    claim.save(update_fields=["status", "ended_at"])


def finish(request: HelpRequest, ending: HelpRequest.Ending) -> None:
    """Note that the request is over, and why."""
    now = timezone.now()
    request.ending, request.updated_at = ending, now
    if ending == Ending.RESOLVED:
        request.status, request.resolved_at = Status.RESOLVED, now
    else:
        request.status, request.closed_at = Status.CLOSED, now
    fields = ["status", "ending", "resolved_at", "closed_at", "assigned_helper", "payment_status", "updated_at"]
    request.save(update_fields=fields)


def let_go(request: HelpRequest, *, by: User) -> None:
    """Have the hold released, if there is one or could still be. What was taken already, staff have to refund."""
    payment = payment_of(request.pk)
    if payment and not _is_let_go(payment.pk, by):
        log.error("Closed request is paid for, refund it", request=str(request.pk), payment=str(payment.pk))


def tell_over(request: HelpRequest, claim: Claim | None) -> None:
    """Tell the customer where it matters, and take the request off the pages of helpers."""
    tell_taken(request, why=OVER)
    if request.ending in TOLD:
        tell_customer(request, request.ending)
    tell_updated(request, claim)


def _is_let_go(payment_id: UUID, by: User) -> bool:
    try:
        ask_release(payment_id=payment_id, by=by)
    except (AlreadyCaptured, BeingCaptured):
        return False
    return True
