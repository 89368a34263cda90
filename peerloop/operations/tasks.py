"""The worker's sign of life."""

from celery import shared_task

from peerloop.operations import health


@shared_task
def heartbeat() -> None:
    health.beat_heart()
