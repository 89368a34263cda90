"""Jobs of the queues `mail` and `push`. What one of them leaves undone, the sweep finishes."""

from uuid import UUID

from celery import shared_task


@shared_task
def mail_notification(notification_id: str) -> None:
    from .mails import send_mail

    send_mail(notification_id=UUID(notification_id))


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
