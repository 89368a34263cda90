"""How a notification leaves by mail: once, as plain text, and not at all if it has been read meanwhile."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import structlog
from django.utils import timezone

from .letters import letter
from .models import Notification
from .queries import is_wanted, is_wanted_by_mail

log = structlog.get_logger(__name__)

# As long as this, whoever claimed a mail has it to themself; then the sweep takes it for lost or failed.
LEASE = timedelta(minutes=10)
BATCH = 200


def send_mail(*, notification_id: UUID) -> bool:
    """Mail one notification and say whether that happened. Again, or at the same time elsewhere, sends nothing.

    If the mail server refuses, the mail stays due and the sweep tries again for a day.
    """
    now = timezone.now()
    due = Notification.objects.due_by_mail().filter(pk=notification_id)
    if not due.update(mail_due_at=now + LEASE):
        return False
    notification = Notification.objects.select_related("recipient", "by").get(pk=notification_id)
    if not (is_wanted(notification) and is_wanted_by_mail(notification)):
        Notification.objects.filter(pk=notification_id).update(mail_due_at=None)
        return False
    try:
        letter(notification).send()
    except OSError as error:  # what sockets and smtplib raise
        log.warning("mail_not_sent", notification=str(notification_id), error=str(error))
        return False
    Notification.objects.filter(pk=notification_id).update(mail_due_at=None, mailed_at=timezone.now())
    return True


def send_mails(*, notification_ids: Iterable[UUID]) -> int:
    """Mail these, each by itself; returns how many left."""
    return sum(send_mail(notification_id=each) for each in notification_ids)


def send_due_mails() -> int:
    """Mail what lost jobs and failed attempts have left, oldest first; returns how many left now."""
    ids = Notification.objects.due_by_mail().order_by("mail_due_at").values_list("pk", flat=True)[:BATCH]
    return send_mails(notification_ids=list(ids))
