"""Celery: what may wait. Deadlines live in rows; a lost job is finished by the periodic sweep of its kind."""

from celery.schedules import crontab

from .data import BROKER_URL
from .env import TEST

CELERY_BROKER_URL = BROKER_URL
# Who hands a job over waits for no broker that is away: the sweep of its kind finds what is lost.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 5, "max_retries": 0}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "live"
CELERY_TASK_ROUTES = {
    "peerloop.core.payments.*": {"queue": "money"},
    "*.mail_*": {"queue": "mail"},
    "*.push_*": {"queue": "push"},
}
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    # An old sign of life says nothing: those that waited for an absent worker expire.
    "heartbeat": {"task": "peerloop.operations.tasks.heartbeat", "schedule": 15, "options": {"expires": 15}},
    "sweep-uploads": {
        "task": "peerloop.core.uploads.tasks.sweep_uploads",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "tell-of-unread-messages": {
        "task": "chat.tasks.tell_of_unread_messages",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "sweep-summons": {
        "task": "helpdesk.summons.tasks.sweep_summons",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "sweep-requests": {
        "task": "helpdesk.requests.tasks.sweep_requests",
        "schedule": 15,
        "options": {"expires": 15},
    },
    "sweep-bookings": {
        "task": "helpdesk.bookings.tasks.sweep_bookings",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "mail-due-notifications": {
        "task": "peerloop.core.notifications.tasks.mail_due_notifications",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "mail-due-digests": {
        "task": "peerloop.core.notifications.tasks.mail_due_digests",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "push-due-notifications": {
        "task": "peerloop.core.notifications.tasks.push_due_notifications",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "push-due-messages": {
        "task": "peerloop.core.push.tasks.push_due_messages",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "sweep-payments": {
        "task": "peerloop.core.payments.tasks.sweep_payments",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "reconcile-payments": {
        "task": "peerloop.core.payments.tasks.reconcile_payments",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 3600},
    },
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Tests run what was sent to the worker in process unless a journey starts a real one.
CELERY_TASK_ALWAYS_EAGER = TEST
