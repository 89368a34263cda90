"""The worker's entrance: `celery -A peerloop worker`."""

import os
from typing import Any

import structlog
from celery import Celery, Task
from kombu.exceptions import OperationalError

from peerloop.core.redis import is_silent

log = structlog.get_logger(__name__)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerloop.settings")


class Job(Task):
    def apply_async(self, *given: Any, **named: Any) -> Any:
        """Hand the job over. While Redis is away it is lost, and the answer None: its sweep makes up for it."""
        if is_silent() and not self.app.conf.task_always_eager:
            return self._lost("Redis did not answer a moment ago.")
        try:
            return super().apply_async(*given, **named)
        except OperationalError as error:
            return self._lost(str(error))

    def _lost(self, why: str) -> None:
        log.warning("job_lost", job=self.name, error=why)


app = Celery("peerloop", task_cls=Job)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
