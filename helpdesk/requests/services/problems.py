"""A customer reports that a paid session went wrong; staff refund money, in whole or in part, or say why not."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from peerloop.core.accounts.models import User
from peerloop.core.payments.models import SENTENCE, Payment, PaymentEvent, Refund
from peerloop.core.payments.services.refunds import ask_refund
from peerloop.core.payments.services.settling import write_event

from ...sessions.errors import SessionNotThere
from .. import errors
from ..models import Claim, ProblemReport
from ..permissions.paid import can_decide_problem, can_decide_problems, can_report_problem
from ..queries.paid import payment_of, report_until
from .locking import locked_with_payment
from .telling import tell_decided, tell_reported, tell_updated
from .wording import plain

State, What = ProblemReport.State, PaymentEvent.What
DECISION = ["state", "refund", "note", "decided_by", "decided_at"]


@transaction.atomic
def report_problem(*, session_id: UUID, text: str, by: User) -> ProblemReport:
    """Say what went wrong in one's session, within PEERLOOP.PROBLEM_REPORT_DAYS of its end. Staff are told and decide.

    Once a session: again returns the report that stands, as it stands. Raises SessionNotThere, NotYourRequest,
    NothingPaid, TooLateToReport, ProblemMissing, WordsTooLong, ForbiddenCharacters.
    """
    claim = _claim_for(session_id, by)
    request = locked_with_payment(claim.request_id)
    if known := ProblemReport.objects.with_all().filter(claim=claim).first():
        return known
    payment = _payment_in_time(claim)
    words = plain(text, limit=settings.PEERLOOP.PROBLEM_CHARACTERS, too_long=errors.WordsTooLong)
    if not words:
        raise errors.ProblemMissing
    report = ProblemReport.objects.create(claim=claim, by=by, text=words)
    write_event(payment, What.PROBLEM, amount=payment.captured, by=by)
    tell_reported(report)
    tell_updated(request, claim)
    return report


@transaction.atomic
def refund_problem(*, report_id: UUID, amount: int, by: User, note: str = "") -> ProblemReport:
    """Decide that `amount` cents are refunded soon; both read `note`. If they do not arrive, the report is open again.

    Decided before, nothing changes: raises DecidedAlready. Raises OnlyStaffDecides, ProblemNotThere,
    OwnSessionReported, WordsTooLong, ForbiddenCharacters, NothingToRefund, RefundTooLarge.
    """
    report, payment = _undecided(report_id, by)
    words = _note(note)
    report.refund = ask_refund(payment_id=payment.pk, refund_id=uuid7(), amount=amount, reason=words, by=by)
    return _decide(report, State.REFUNDED, words, by)


@transaction.atomic
def decline_problem(*, report_id: UUID, note: str, by: User) -> ProblemReport:
    """Decide that nothing is refunded; `note` says why, and both read it.

    Decided before, nothing changes: raises DecidedAlready. Raises OnlyStaffDecides, ProblemNotThere,
    OwnSessionReported, ReasonMissing, WordsTooLong, ForbiddenCharacters.
    """
    report, payment = _undecided(report_id, by)
    words = _note(note)
    if not words:
        raise errors.ReasonMissing
    write_event(payment, What.KEPT, amount=payment.captured, by=by, note=words)
    return _decide(report, State.DECLINED, words, by)


def reopen_unrefunded(payment: Payment) -> None:
    """A refund did not arrive: staff are told and decide anew. Under the payment's lock; again changes nothing."""
    failed = ProblemReport.objects.with_all().filter(refund__payment=payment, refund__status=Refund.Status.FAILED)
    for report in failed:
        report.state, report.refund, report.note = State.OPEN, None, ""
        report.decided_by = report.decided_at = None
        report.save(update_fields=DECISION)
        tell_reported(report)


def _claim_for(session_id: UUID, by: User) -> Claim:
    claim = Claim.objects.visible_to(by).with_all().filter(session=session_id).first()
    if claim is None:
        raise SessionNotThere
    if not can_report_problem(by, claim):
        raise errors.NotYourRequest
    return claim


def _payment_in_time(claim: Claim) -> Payment:
    payment = payment_of(claim.request_id)
    until = report_until(claim, payment)
    if payment is None or until is None:
        raise errors.NothingPaid
    if until <= timezone.now():
        raise errors.TooLateToReport(days=settings.PEERLOOP.PROBLEM_REPORT_DAYS)
    return payment


def _undecided(report_id: UUID, by: User) -> tuple[ProblemReport, Payment]:
    """The report and its payment, both locked: of two who decide at once the second is refused."""
    if not can_decide_problems(by):
        raise errors.OnlyStaffDecides
    known = ProblemReport.objects.with_all().filter(pk=report_id).first()
    payment = payment_of(known.claim.request_id) if known else None
    if known is None or payment is None:
        raise errors.ProblemNotThere
    if not can_decide_problem(by, known.claim):
        raise errors.OwnSessionReported
    locked_with_payment(known.claim.request_id)
    report = ProblemReport.objects.with_all().select_for_update(of=("self",)).get(pk=report_id)
    if not report.is_open:
        raise errors.DecidedAlready
    return report, payment


def _decide(report: ProblemReport, state: str, note: str, by: User) -> ProblemReport:
    report.state, report.note, report.decided_by, report.decided_at = state, note, by, timezone.now()
    report.save(update_fields=DECISION)
    tell_decided(report)
    tell_updated(report.claim.request, report.claim)
    return report


def _note(given: str) -> str:
    return plain(given, limit=SENTENCE, too_long=errors.WordsTooLong)
