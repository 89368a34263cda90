"""Jobs of the queues `mail` and `push`. What one of them leaves undone, the sweep finishes."""

from uuid import UUID

from celery import shared_task


@shared_task
def mail_notifications(notification_ids: list[str]) -> None:
    from .mails import send_mails

    send_mails(notification_ids=[UUID(each) for each in notification_ids])


@shared_task
def mail_due_notifications() -> None:
    from .mails import send_due_mails

    send_due_mails()


@shared_task
def push_notifications(notification_ids: list[str]) -> None:
    from .pushes import send_pushes

    send_pushes(notification_ids=[UUID(each) for each in notification_ids])


@shared_task
def push_due_notifications() -> None:
    from .pushes import send_due_pushes

    send_due_pushes()


@shared_task
def mail_digest(digest_id: str) -> None:
    from .services import send_digest

    send_digest(digest_id=UUID(digest_id))


@shared_task
def mail_due_digests() -> None:
    """Whose hour has come; and before that, what an earlier sweep has left."""
    from .services import gather_due_digests, send_due_digests

    send_due_digests()
    gather_due_digests()
