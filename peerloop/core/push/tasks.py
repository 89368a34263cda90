"""Jobs of the queue `push`: a slow push service keeps nothing else waiting. What they leave, the sweep finishes."""

from uuid import UUID

from celery import shared_task

# How often the sweep looks; a message that failed waits for it.
SWEEP_SECONDS = 5


@shared_task(soft_time_limit=20)
def push_message(message_id: str) -> None:
    from .services.messages import deliver

    deliver(message_id=UUID(message_id))


@shared_task
def push_messages(message_ids: list[str]) -> None:
    """One job for each, so that they leave side by side; whoever caused them waited for one job only."""
    for message_id in message_ids:
        # What no worker has taken by then, the sweep orders anew.
        push_message.apply_async(args=[message_id], expires=SWEEP_SECONDS)


@shared_task
def push_due_messages() -> None:
    from .services.messages import schedule_due

    schedule_due()
