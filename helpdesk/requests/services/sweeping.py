"""What must happen by the clock, whatever became of the process that should have done it."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.services import system
from peerloop.core.presence.leases import online

from ...sessions.events import session
from ..models import Claim, HelpRequest
from .claiming import expire_claim
from .closing import close
from .holding import end_abandoned
from .locking import locked_with_payment

log = structlog.get_logger(__name__)


def sweep() -> None:
    """Close what nobody claimed, reopen what was not started, end what was abandoned. Again changes nothing more."""
    close_overdue()
    expire_late()
    note_who_is_here()
    end_all_abandoned()


def close_overdue() -> int:
    """Close every request that nobody claimed in time; returns how many this call closed."""
    overdue = HelpRequest.objects.overdue().values_list("pk", flat=True)
    return _each(overdue, lambda request_id: expire_request(request_id=request_id))


@transaction.atomic
def expire_request(*, request_id: UUID) -> bool:
    """Close a request that nobody claimed in time and let its money go; whether this call did.

    Before its time, or when it is claimed or over, nothing changes.
    """
    request = locked_with_payment(request_id)
    if not HelpRequest.objects.overdue().filter(pk=request_id).exists():
        return False
    close(request, HelpRequest.Ending.UNCLAIMED, by=system())
    return True


def expire_late() -> int:
    """Reopen every request whose helper has not started in time; returns how many this call reopened."""
    late = Claim.objects.late().values_list("pk", flat=True)
    return _each(late, lambda claim_id: expire_claim(claim_id=claim_id))


@transaction.atomic
def note_who_is_here() -> None:
    """Remember of every session that goes on that one of its two is there now."""
    active = list(Claim.objects.active().select_related("session"))
    here = [
        each.pk
        for each in active
        if {each.session.student_id, each.session.helper_id} & online(session(each.session_id))
    ]
    Claim.objects.filter(pk__in=here).update(seen_at=timezone.now())


def end_all_abandoned() -> int:
    """End every session in which neither has been for PEERLOOP.REQUEST_ABANDONED_HOURS; returns how many."""
    since = timezone.now() - timedelta(hours=settings.PEERLOOP.REQUEST_ABANDONED_HOURS)
    left, machine = Claim.objects.active().filter(seen_at__lte=since).values_list("pk", flat=True), system()
    return _each(left, lambda claim_id: end_abandoned(claim_id=claim_id, by=machine))


def _each(keys: Iterable[UUID], work: Callable[[UUID], bool]) -> int:
    """Do `work` with each by itself: one that fails is told and does not keep the others waiting."""
    done = 0
    for key in list(keys):
        try:
            done += work(key)
        except Exception:
            log.exception("Request sweep failed", row=str(key))
    return done
