"""The worker's entrance: `celery -A peerloop worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerloop.settings")

app = Celery("peerloop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
