"""The worker's sign of life."""

from celery import shared_task, signals

from peerloop.operations import health


@shared_task
def heartbeat() -> None:
    health.beat_heart()


@signals.worker_ready.connect
def first_heartbeat(**_: object) -> None:
    """A worker that has just started need not wait for beat to be seen."""
    health.beat_heart()
