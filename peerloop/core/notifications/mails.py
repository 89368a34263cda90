"""How a notification leaves by mail: once, as plain text, and not at all if it has been read meanwhile."""

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from .kinds import WORTH_SENDING, kind_of
from .models import Notification

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
    if not is_wanted(notification):
        Notification.objects.filter(pk=notification_id).update(mail_due_at=None)
        return False
    try:
        _message(notification).send()
    except OSError as error:  # what sockets and smtplib raise
        log.warning("mail_not_sent", notification=str(notification_id), error=str(error))
        return False
    Notification.objects.filter(pk=notification_id).update(mail_due_at=None, mailed_at=timezone.now())
    return True


def send_due_mails() -> int:
    """Mail what lost jobs and failed attempts have left, oldest first; returns how many left now."""
    ids = Notification.objects.due_by_mail().order_by("mail_due_at").values_list("pk", flat=True)[:BATCH]
    return sum(send_mail(notification_id=each) for each in list(ids))


def is_wanted(notification: Notification) -> bool:
    """Whether it is still worth a mail or a push: unread, of today, and of something that the person may see."""
    return (
        not notification.is_read
        and notification.recipient.is_active
        and timezone.now() - notification.created_at < WORTH_SENDING
        and kind_of(notification.kind).may_mail(notification)
    )


def _message(notification: Notification) -> EmailMessage:
    choices = _address(reverse("notification_preferences"))
    context = {
        "notification": notification,
        "address": _address(reverse("notification_open", args=[notification.pk])),
        "choices": choices,
    }
    host = urlsplit(settings.SITE_URL).hostname
    return EmailMessage(
        subject=" ".join(notification.title.split()),
        body=render_to_string("notifications/mail.txt", context),
        to=[notification.recipient.email],
        # The same id at each attempt: should a server have taken it and we not know, its reader drops the second.
        headers={"Message-ID": f"<{notification.pk}@{host}>", "List-Unsubscribe": f"<{choices}>"},
    )


def _address(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
