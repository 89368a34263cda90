"""The request's id goes with each job it sends, so that one search in the logs finds both ends."""

from typing import Any

import structlog
from celery import Task, signals

HEADER = "request_id"


def follow_jobs() -> None:
    """Connect to the worker's signals. Doing it twice changes nothing."""
    signals.before_task_publish.connect(_send_along, dispatch_uid="operations.send_along")
    signals.task_prerun.connect(_take_up, dispatch_uid="operations.take_up")
    signals.task_postrun.connect(_drop, dispatch_uid="operations.drop")
    # Celery sets up logging of its own unless somebody answers here; the settings' logging stays in force.
    signals.setup_logging.connect(_keep_logging, dispatch_uid="operations.keep_logging")


def _send_along(headers: dict[str, Any] | None = None, **_: object) -> None:
    request_id = structlog.contextvars.get_contextvars().get(HEADER)
    if request_id and headers is not None:
        headers.setdefault(HEADER, request_id)


def _take_up(task_id: str, task: Task, **_: object) -> None:
    request_id = getattr(task.request, HEADER, None)
    told = {HEADER: request_id} if request_id else {}
    task.request.trail = structlog.contextvars.bind_contextvars(job=task.name, job_id=task_id, **told)


def _drop(task: Task, **_: object) -> None:
    # Put back, not dropped: a job that runs within the request itself must leave the request's id in place.
    structlog.contextvars.reset_contextvars(**task.request.trail)


def _keep_logging(**_: object) -> None:
    pass
