from celery import shared_task

from .services import sweep_unattached


@shared_task
def sweep_uploads() -> None:
    while sweep_unattached():
        pass
