"""What the payment of a request means for it. Each is called under the payment's lock, in the change's transaction."""

from functools import partial

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.services import system
from peerloop.core.payments.models import Payment
from peerloop.core.payments.purposes import Purpose
from peerloop.core.payments.services.wishes import ask_release

from .. import addresses
from ..models import Claim, HelpRequest
from ..queries.paid import PURPOSE, claim_of
from .closing import close
from .dispatching import dispatch_request
from .locking import live_claim
from .problems import reopen_unrefunded
from .telling import tell_customer, tell_updated

log = structlog.get_logger(__name__)
Ending, PaymentStatus = HelpRequest.Ending, HelpRequest.PaymentStatus


def authorised(payment: Payment) -> None:
    """The money is on hold: the request goes out. What is over by then gets its money let go."""
    request = _request_of(payment)
    if request is None or request.is_over:
        ask_release(payment_id=payment.pk, by=system())
    if request is None:
        return
    _follow(request, PaymentStatus.AUTHORIZED, payment)
    if request.is_open and request.dispatched_at is None:
        dispatch_request(request)
    tell_updated(request, None)


def declined(payment: Payment) -> None:
    """The card was refused; another one may be tried."""
    if request := _request_of(payment):
        _follow(request, PaymentStatus.FAILED, payment)
        tell_updated(request, None)


def captured(payment: Payment) -> None:
    """The money was taken, for a completed session unless somebody took it at the provider."""
    request = _request_of(payment)
    if request is None:
        return
    _follow(request, PaymentStatus.CAPTURED, payment)
    claim = claim_of(request.pk)
    if claim and claim.status == Claim.Status.COMPLETED:
        transaction.on_commit(partial(log.info, "Payment captured for session", session=str(claim.session_id)))
    tell_updated(request, claim)


def gone(payment: Payment) -> None:
    """Nothing is on hold any more. Who has not begun to help is called off; who has, may say how it went."""
    request = _request_of(payment)
    if request is None:
        return
    _follow(request, PaymentStatus.CANCELED, payment)
    claim = live_claim(request)
    if claim and claim.session.is_active:
        tell_customer(request, "hold_ended")
        tell_updated(request, claim)
    elif request.is_over:
        tell_updated(request, claim_of(request.pk))
    else:
        close(request, _ending(payment), by=system())


def follow(payment: Payment) -> str:
    """Bring a request to what its payment says, should it stand differently; returns what was repaired, or nothing."""
    with transaction.atomic():
        now = Payment.objects.select_for_update().get(pk=payment.pk)
        request, (status, become) = _request_of(now), MEANING.get(Payment.Status(now.status), ("", None))
        if request is None or become is None or request.payment_status == status:
            return ""
        before = request.payment_status
        become(now)
        return f"{request.pk}: payment {before} at the request, {status} by its payment"


HELP_REQUEST = Purpose(
    name=PURPOSE,
    label="Paid help request",
    least=settings.PEERLOOP.REQUEST_MINIMUM,
    most=settings.PEERLOOP.REQUEST_MAXIMUM,
    target=lambda payment: addresses.status_page(payment.subject_id),
    authorised=authorised,
    declined=declined,
    captured=captured,
    released=gone,
    expired=gone,
    refund_failed=reopen_unrefunded,
    follow=follow,
)
MEANING = {
    Payment.Status.FAILED: (PaymentStatus.FAILED, declined),
    Payment.Status.AUTHORISED: (PaymentStatus.AUTHORIZED, authorised),
    Payment.Status.CAPTURED: (PaymentStatus.CAPTURED, captured),
    Payment.Status.RELEASED: (PaymentStatus.CANCELED, gone),
    Payment.Status.EXPIRED: (PaymentStatus.CANCELED, gone),
}


def _request_of(payment: Payment) -> HelpRequest | None:
    return HelpRequest.objects.paid().select_for_update(of=("self",)).filter(pk=payment.subject_id).first()


def _follow(request: HelpRequest, status: HelpRequest.PaymentStatus, payment: Payment) -> None:
    request.payment_status, request.payment_intent_id = status, payment.intent_id
    request.updated_at = timezone.now()
    request.save(update_fields=["payment_status", "payment_intent_id", "updated_at"])


def _ending(payment: Payment) -> HelpRequest.Ending:
    """Why a request whose money is gone is over: it was on hold once, its card was refused, or none was given."""
    if payment.authorised_at:
        return Ending.HOLD_ENDED
    return Ending.DECLINED_CARD if payment.events.filter(what="declined").exists() else Ending.UNPAID
