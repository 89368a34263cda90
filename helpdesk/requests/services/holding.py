"""The session of a claim begins, and ends with an outcome: then its money is taken."""

from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.conversations.errors import ForbiddenCharacters
from peerloop.core.conversations.log import clean
from peerloop.core.conversations.services import UNSEEN
from peerloop.core.errors import Refusal
from peerloop.core.payments.services.wishes import ask_capture

from ...sessions.errors import SessionOver
from ...sessions.models import HelpSession
from ...sessions.services import lifecycle
from ..errors import ClaimOver, NoMoneyHeld, NotesTooLong, NotStarted, OnlyStaffEnds, OutcomeMissing
from ..models import Claim, HelpRequest
from ..permissions.paid import can_end_abandoned
from ..queries.paid import payment_of
from .claiming import claim_for, reopen
from .closing import end_claim, finish, let_go, tell_over
from .locking import live_claim, locked, locked_with_payment
from .telling import tell_customer, tell_updated

log = structlog.get_logger(__name__)
Ending = HelpRequest.Ending


@transaction.atomic
def start_session(*, session_id: UUID, by: User) -> HelpSession:
    """Begin the session of one's claim, in time. Starting it again changes nothing.

    Raises SessionNotThere, NotYourClaim, ClaimOver (given back, or too late), NoMoneyHeld, SessionOver.
    """
    request = locked(claim_for(session_id, by).request_id)
    claim = Claim.objects.with_all().get(session=session_id)
    if claim.session.is_active:
        return claim.session
    if claim.session.started_at:
        raise SessionOver
    if not claim.is_live or claim.start_by <= timezone.now():
        raise ClaimOver
    if not _is_held(request):
        raise NoMoneyHeld
    claim.session = lifecycle.start_session(session_id=session_id, by=by)
    claim.seen_at = timezone.now()
    claim.save(update_fields=["seen_at"])
    tell_customer(request, "started", claim, by=by)
    tell_updated(request, claim)
    return claim.session


@transaction.atomic
def complete_session(*, session_id: UUID, outcome: str, by: User, notes: str = "") -> HelpSession:
    """End the session with its outcome; the money is then taken, the helper's record rises, the request is over.

    The first time counts: a second one returns the session as it was completed. Raises SessionNotThere, NotYourClaim,
    OutcomeMissing, NotesTooLong, ForbiddenCharacters, NotStarted, ClaimOver, SessionOver (it was ended as abandoned).
    """
    claim = claim_for(session_id, by)
    chosen, text = _outcome(outcome), _notes(notes)
    request = locked_with_payment(claim.request_id)
    claim.refresh_from_db()
    if claim.status == Claim.Status.COMPLETED:
        return claim.session
    if refusal := _why_not_completed(claim):
        raise refusal
    claim.request = request
    end_claim(claim, Claim.Status.COMPLETED, by=by, outcome=chosen, notes=text)
    finish(request, Ending(chosen))
    # Told first: what comes of the money is news after this.
    tell_over(request, claim)
    _settle_up(claim, chosen, by=by)
    return claim.session


@transaction.atomic
def end_abandoned(*, claim_id: UUID, by: User) -> bool:
    """End what its helper has left lying, without taking money; whether this call did.

    A session that goes on ends as of when one of the two was last there, and its request is closed; one that never
    began is given back. Again changes nothing. Raises OnlyStaffEnds.
    """
    if not can_end_abandoned(by):
        raise OnlyStaffEnds
    claim = Claim.objects.live().filter(pk=claim_id).first()
    if claim is None:
        return False
    request = locked_with_payment(claim.request_id)
    live = live_claim(request)
    if live is None or live.pk != claim_id:
        return False
    if not live.session.is_active:
        reopen(request, Claim.Status.EXPIRED, by=by)
        return True
    end_claim(live, Claim.Status.ABANDONED, by=by, at=live.seen_at)
    finish(request, Ending.ABANDONED)
    tell_over(request, live)
    let_go(request, by=by)
    return True


def _why_not_completed(claim: Claim) -> Refusal | None:
    if claim.is_live:
        return None if claim.session.is_active else NotStarted()
    return SessionOver() if claim.session.started_at else ClaimOver()


def _settle_up(claim: Claim, outcome: str, *, by: User) -> None:
    """Ask for the helper's money where it is on hold and the outcome is paid for; a refusal stops nothing else."""
    request = claim.request
    if request.payment_status != HelpRequest.PaymentStatus.AUTHORIZED or not request.payment_intent_id:
        return
    if outcome not in settings.PEERLOOP.CAPTURED_OUTCOMES:
        let_go(request, by=by)
        return
    payment = payment_of(request.pk)
    if payment and (cause := _why_not_captured(payment.pk, claim, by)):
        log.error("Payment capture failed:", payment=str(payment.pk), cause=cause)


def _why_not_captured(payment_id: UUID, claim: Claim, by: User) -> str:
    try:
        with transaction.atomic():
            ask_capture(payment_id=payment_id, payee_id=claim.helper_id, by=by)
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _is_held(request: HelpRequest) -> bool:
    payment = payment_of(request.pk)
    return payment is not None and payment.is_held


def _outcome(given: str) -> str:
    if given not in HelpSession.Outcome:
        raise OutcomeMissing
    return given


def _notes(given: str) -> str:
    text, limit = clean(given), settings.PEERLOOP.OUTCOME_NOTES_CHARACTERS
    if UNSEEN.search(text):
        raise ForbiddenCharacters
    if len(text) > limit:
        raise NotesTooLong(length=len(text), limit=limit)
    return text
