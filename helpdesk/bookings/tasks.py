"""The job of bookings. Its deadlines are days ahead, longer than a broker should keep a job: they stand in the rows."""

from celery import shared_task


@shared_task
def sweep_bookings() -> None:
    from .services.sweeping import sweep

    sweep()
