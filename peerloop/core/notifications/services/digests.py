"""The daily mail. Due plans make digests, digests become mails; what stops in between, the next sweep takes up."""

from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from peerloop.core.entities.rows import insert_new

from ..days import next_time, zone_of
from ..letters import digest_letter
from ..mails import LEASE
from ..models import Digest, DigestPlan, Notification
from ..queries import for_digest
from ..tasks import mail_digest

log = structlog.get_logger(__name__)

BATCH = 1000


def gather_due_digests() -> int:
    """Make the digest of everybody whose hour has come and for whom something waits; returns how many were made."""
    ids = DigestPlan.objects.due().order_by("due_at").values_list("pk", flat=True)[:BATCH]
    return sum(_gather(plan_id) for plan_id in list(ids))


def send_due_digests() -> int:
    """Mail what lost jobs and failed attempts have left, oldest first; returns how many left now."""
    ids = Digest.objects.due().order_by("due_at").values_list("pk", flat=True)[:BATCH]
    return sum(send_digest(digest_id=digest_id) for digest_id in list(ids))


def send_digest(*, digest_id: UUID) -> bool:
    """Mail one digest and say whether that happened. Again, or at the same time elsewhere, sends nothing.

    What was read meanwhile, may no longer be seen or is no longer wanted by mail stays out; of nothing, no mail is
    made. If the mail server refuses, the digest stays due and the sweep tries again.
    """
    if not Digest.objects.due().filter(pk=digest_id).update(due_at=timezone.now() + LEASE):
        return False
    digest = Digest.objects.select_related("user").get(pk=digest_id)
    rows = for_digest(digest)
    try:
        if rows:
            digest_letter(digest, rows).send()
    except OSError as error:  # what sockets and smtplib raise
        log.warning("digest_not_sent", digest=str(digest_id), error=str(error))
        return False
    _note_sent(digest, rows)
    return bool(rows)


@transaction.atomic
def _gather(plan_id: UUID) -> bool:
    """Settle what is in the mail of the day that is due, and note the next day; whether there is such a mail."""
    plan = DigestPlan.objects.due().select_for_update(of=("self",)).select_related("user").filter(pk=plan_id).first()
    if plan is None:
        return False
    zone, now = zone_of(plan.user), timezone.now()
    day = plan.due_at.astimezone(zone).date()
    plan.due_at = next_time(plan.hour, zone=zone, after=now, after_day=day)
    plan.save(update_fields=["due_at"])
    waiting = Notification.objects.waiting_for_digest().filter(recipient=plan.user_id)
    digest = Digest(user=plan.user, day=day, created_at=now, due_at=now)
    # Of a day that had its mail, what waits goes with the next.
    if not waiting.exists() or not insert_new([digest]):
        return False
    waiting.update(waits_for_digest=False, digest=digest)
    # The broker may be away; the sweep then mails it. (Django names what failed, and a partial has no name.)
    transaction.on_commit(lambda: mail_digest.delay(str(digest.pk)), robust=True)
    return True


@transaction.atomic
def _note_sent(digest: Digest, rows: list[Notification]) -> None:
    now = timezone.now()
    Digest.objects.filter(pk=digest.pk).update(due_at=None, sent_at=now if rows else None)
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=now)
