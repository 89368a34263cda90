"""Jobs of the chat."""

from celery import shared_task


@shared_task
def tell_of_unread_messages() -> None:
    from .services.participants import tell_of_unread

    tell_of_unread()
