"""A helper takes a paid request. Of many at once the database lets exactly one through."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import system
from peerloop.core.errors import Refusal

from ...sessions.errors import SessionNotThere
from ...sessions.models import HelpSession
from ...sessions.services.lifecycle import open_session
from .. import tasks
from ..errors import (
    ClaimedAlready,
    ClaimOver,
    NoMoneyHeld,
    NotYourClaim,
    OnlyHelpersClaim,
    OwnRequest,
    RequestNotThere,
    RequestOver,
    StartedAlready,
)
from ..models import Claim, HelpRequest
from ..permissions.paid import can_claim, can_work_on
from ..queries.paid import join_url, payment_of
from .closing import close, end_claim
from .dispatching import dispatch_request
from .locking import live_claim, locked_with_payment
from .telling import tell_customer, tell_helper, tell_taken, tell_updated


@transaction.atomic
def claim_request(*, request_id: UUID, by: User) -> HelpSession:
    """Take a request that waits; its session waits for `by` to start it, for PEERLOOP.REQUEST_START_MINUTES.

    Whoever has it gets its session again by claiming again. Raises RequestNotThere, OwnRequest, OnlyHelpersClaim,
    ClaimedAlready, RequestOver, NoMoneyHeld, HelperBusy, StudentBusy; then nothing has changed.
    """
    request = HelpRequest.objects.paid().visible_to(by).select_related("requester", "course").filter(pk=request_id)
    found = request.first()
    if found is None:
        raise RequestNotThere
    if not can_claim(by, found):
        raise OwnRequest if by.pk == found.requester_id else OnlyHelpersClaim
    if _take(request_id, by):
        return _open(found, by)
    mine = Claim.objects.live().with_all().filter(request=request_id, helper=by).first()
    if mine is None:
        raise _refusal(request_id)
    return mine.session


@transaction.atomic
def give_back_claim(*, session_id: UUID, by: User) -> HelpRequest:
    """Let another helper take the request, as long as the session has not begun. Giving it back again changes nothing.

    Raises SessionNotThere, NotYourClaim, StartedAlready, ClaimOver.
    """
    claim = claim_for(session_id, by)
    request = locked_with_payment(claim.request_id)
    claim.refresh_from_db()
    if claim.status == Claim.Status.GIVEN_BACK:
        return request
    if claim.session.started_at:
        raise StartedAlready
    if not claim.is_live:
        raise ClaimOver
    reopen(request, Claim.Status.GIVEN_BACK, by=by)
    return request


@transaction.atomic
def expire_claim(*, claim_id: UUID) -> bool:
    """Reopen the request of a claim that was not started in time; whether this call did.

    The job and the sweep both call this: before its time, or when it is over or started, nothing changes.
    """
    claim = Claim.objects.late().filter(pk=claim_id).first()
    if claim is None:
        return False
    request = locked_with_payment(claim.request_id)
    if not Claim.objects.late().filter(pk=claim_id).exists():
        return False
    reopen(request, Claim.Status.EXPIRED, by=system())
    return True


def claim_for(session_id: UUID, by: User) -> Claim:
    """The claim of a session, for its helper. Raises SessionNotThere, also for who may not know of it; NotYourClaim."""
    claim = Claim.objects.with_all().filter(session=session_id).first()
    if claim is None:
        raise SessionNotThere
    if not can_work_on(by, claim):
        is_known = by.pk == claim.request.requester_id or by.is_staff
        raise NotYourClaim if is_known else SessionNotThere
    return claim


def reopen(request: HelpRequest, status: Claim.Status, *, by: User) -> None:
    """End the waiting claim of a locked request and dispatch it anew to all but the helper who had it."""
    claim = live_claim(request)
    if claim is None:
        return
    end_claim(claim, status, by=by)
    if status == Claim.Status.EXPIRED:
        tell_helper(claim, "expired")
    request.status, request.assigned_helper = HelpRequest.Status.OPEN, None
    if request.payment_status == HelpRequest.PaymentStatus.AUTHORIZED:
        dispatch_request(request, without=[claim.helper_id])
        tell_customer(request, "reopened", claim)
        tell_updated(request, claim)
    else:
        close(request, HelpRequest.Ending.HOLD_ENDED, by=by)


def _take(request_id: UUID, by: User) -> bool:
    """One conditional write decides, whoever else claims, withdraws or lets it expire at the same moment."""
    waiting = HelpRequest.objects.unclaimed().filter(pk=request_id)
    status = HelpRequest.Status.IN_PROGRESS
    return bool(waiting.update(status=status, assigned_helper=by, updated_at=timezone.now()))


def _open(request: HelpRequest, by: User) -> HelpSession:
    """Open the waiting session; a refusal undoes the taking."""
    payment = payment_of(request.pk)
    if payment is None or not payment.is_held:
        raise NoMoneyHeld
    claim = _store(request, by)
    request.refresh_from_db(fields=["status", "assigned_helper", "updated_at"])
    tell_taken(request)
    tell_customer(request, "claimed", claim, by=by)
    tell_updated(request, claim)
    # The broker may be away; the sweep then does it. (Django names what failed: no partial.)
    transaction.on_commit(lambda: _schedule_expiry(claim), robust=True)
    return claim.session


def _store(request: HelpRequest, by: User) -> Claim:
    session_id = uuid7()
    session = open_session(
        session_id=session_id,
        student=request.requester,
        helper=by,
        course=request.course,
        by=by,
        status=HelpSession.Status.WAITING,
        customer_join_url=join_url(session_id),
    )
    start_by = timezone.now() + timedelta(minutes=settings.PEERLOOP.REQUEST_START_MINUTES)
    return Claim.objects.create(request=request, helper=by, session=session, start_by=start_by)


def _schedule_expiry(claim: Claim) -> None:
    tasks.expire_claim.apply_async(args=[str(claim.pk)], eta=claim.start_by)


def _refusal(request_id: UUID) -> Refusal:
    """Why a request cannot be claimed by who does not have it."""
    now = HelpRequest.objects.get(pk=request_id)
    if now.is_in_progress:
        return ClaimedAlready()
    is_late = now.expires_at is not None and now.expires_at <= timezone.now()
    return RequestOver() if now.is_over or is_late else NoMoneyHeld()
